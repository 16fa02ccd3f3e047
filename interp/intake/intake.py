"""One session's audio: numbered messages of bytes in, 16 kHz samples and warnings out.

Raw samples are placed by their offsets, packets by their RTP stamps. A container carries its own
order, so offsets are not used with one, none of its messages may be missing, and silence cannot be
put between them.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from interp.core.audio import SOURCE_RATE_HZ, Samples
from interp.core.clock import Clock
from interp.core.errors import InterpError, InvalidRequest, Reason
from interp.core.events import Audio, Warned, WarningCode
from interp.intake.container import ContainerDecoder
from interp.intake.format import AudioFormat, Encoding, IntakeLimits
from interp.intake.ledger import Ledger, LedgerState
from interp.intake.level import LevelWatch
from interp.intake.opus import RATE_HZ as OPUS_RATE_HZ
from interp.intake.packets import NOTHING, PacketDecoder, Placed
from interp.intake.past import Message, Past, Piece, needs_past, piece_of
from interp.intake.pcm import decode_pcm
from interp.intake.resample import Resampler
from interp.intake.rtp import RtpStamp

AT_ONCE = IntakeLimits(max_ahead_ms=10**9)
"""For what was heard before."""

FLOOR = np.float32(2**-26)
"""Nobody hears what is below; processors take thirty times as long for the smallest floats."""

Heard: TypeAlias = Audio | Warned


class Intake:
    """The only place where a session's bytes become samples.

    An error concerns this session's audio alone, and leaves the intake closed. Close or finish it,
    also twice, to end a container's decoder. Not for use from two threads at once, but for `close`.
    """

    def __init__(
        self,
        audio_format: AudioFormat,
        limits: IntakeLimits,
        clock: Clock,
        *,
        recorded: bool = False,
    ) -> None:
        """recorded: `fresh` is asked for, so that another intake can go on."""
        self._format, self._limits = audio_format, limits
        self._clock = clock
        self._decoder: ContainerDecoder | PacketDecoder | None = None
        self._rate_hz = SOURCE_RATE_HZ
        if audio_format.encoding is Encoding.OPUS_PACKETS:
            self._decoder, self._rate_hz = PacketDecoder(audio_format.channel), OPUS_RATE_HZ
        elif audio_format.encoding.is_raw:
            self._rate_hz = audio_format.rate_hz
        else:
            self._decoder = ContainerDecoder(audio_format.encoding, audio_format.channel)
        self._ledger = Ledger(self._rate_hz, limits, clock)
        self._line: _Line | None = None
        self._recorded = recorded and needs_past(audio_format)
        self._fresh: deque[Piece] = deque()
        self._concealed_samples = 0

    @property
    def waits(self) -> bool:
        """Whether `push` and `finish` wait for a decoder: not for an event loop."""
        return self._decoder is not None

    def fresh(self) -> tuple[Piece, ...]:
        """What another intake needs, since the last call."""
        return tuple(self._fresh.popleft() for _ in range(len(self._fresh)))

    @property
    def ledger(self) -> LedgerState:
        """Where the stream stands."""
        return self._ledger.state

    def restore(self, state: LedgerState, past: Past, given_samples: int) -> list[Heard]:
        """Go on where another intake was; what it had not given yet. Waits where `push` does.

        given_samples: what it had, at 16 kHz. Raises as `push`.
        """
        if self._decoder is None:
            self._ledger.restore(state)
            self._line = _Line(self._rate_hz)
            heard_samples = state.received_samples
            return self._audio(
                self._line.resampler.restore(past.tail, heard_samples, given_samples)
            )
        self._ledger = Ledger(self._rate_hz, AT_ONCE, self._clock)
        heard = [each for message in past.messages for each in self._again(message)]
        state, self._ledger = self._ledger.state, Ledger(self._rate_hz, self._limits, self._clock)
        self._ledger.restore(state)
        self._fresh.clear()
        self._concealed_samples = 0
        return _after(heard, given_samples)

    def _again(self, message: Message) -> list[Heard]:
        if message.silence_ms:
            return self.silence(message.sequence, message.silence_ms)
        return self.push(message.sequence, message.offset_ms, message.data, message.stamp)

    @property
    def received_ms(self) -> int:
        """Audio and silence received so far, ms: what an acknowledgement says."""
        return self._ledger.received_ms

    @property
    def concealed_ms(self) -> int:
        """Of the audio that came here, what was made up for lost packets, ms."""
        return self._concealed_samples * 1000 // self._rate_hz

    @property
    def sequence(self) -> int:
        """Of the newest message taken; 0 where they are not numbered."""
        return self._ledger.sequence

    def knows(self, sequence: int) -> bool:
        """Whether a message of this number was taken before."""
        return self._ledger.knows(sequence)

    def push(
        self, sequence: int, offset_ms: int | None, data: bytes, stamp: RtpStamp | None = None
    ) -> list[Heard]:
        """Hear one message; what it adds, in order, with warnings before the audio they concern.

        sequence: counts from 1, 0 when not numbered; a number seen before is dropped.
        offset_ms: where the message starts on the session's clock, None right after the last.
        stamp: of a packet, instead of the offset.
        Raises InvalidRequest(BAD_ENCODING, MALFORMED_MESSAGE), SessionLimit(TOO_FAR_AHEAD).
        """
        try:
            if self._decoder is None:
                return self._push_raw(sequence, offset_ms, data)
            self._note(Message(sequence, data, offset_ms, stamp))
            packets = isinstance(self._decoder, PacketDecoder)
            if not self._ledger.admit(sequence, contiguous=not packets):
                return [Warned(WarningCode.DUPLICATE_DROPPED)]
            if isinstance(self._decoder, PacketDecoder):
                return self._hear_placed(self._decoder.push(data, stamp, offset_ms))
            return self._hear_decoded(self._decoder, self._decoder.push(data))
        except InterpError:
            self.close()
            raise

    def silence(self, sequence: int, duration_ms: int) -> list[Heard]:
        """Hear silence that was not sent as samples, numbered as `push` is.

        Raises InvalidRequest(MALFORMED_MESSAGE) with a container; SessionLimit(TOO_FAR_AHEAD).
        """
        if isinstance(self._decoder, ContainerDecoder) or duration_ms < 0:
            self.close()
            raise InvalidRequest(
                Reason.MALFORMED_MESSAGE, "silence has a duration and follows no container"
            )
        if not self._ledger.admit(sequence, contiguous=False):
            return [Warned(WarningCode.DUPLICATE_DROPPED, duration_ms)]
        if self._decoder:
            self._note(Message(sequence, silence_ms=duration_ms))
        waited = self._hear_placed(self._decoder.flush()) if self._decoder else []
        samples = (duration_ms * self._rate_hz + 500) // 1000
        self._ledger.count(samples)
        return waited + self._hear(np.zeros(samples, np.float32), self._rate_hz)

    def finish(self) -> list[Heard]:
        """The speaker has finished: what is still inside decoder and resampler.

        Raises InvalidRequest(BAD_ENCODING) when bytes came but no audio was in them.
        """
        heard: list[Heard] = []
        try:
            match self._decoder:
                case ContainerDecoder() as decoder:
                    heard += self._hear_decoded(decoder, decoder.finish())
                case PacketDecoder() as packets:
                    heard += self._hear_placed(packets.flush())
        finally:
            self.close()
        if self._line is not None:
            heard += self._line.watch.finish()
            heard += self._audio(self._line.resampler.finish())
            self._line = None
        return heard

    def close(self) -> None:
        """End the container's decoder; the session is over."""
        if self._decoder is not None:
            self._decoder.close()

    def _push_raw(self, sequence: int, offset_ms: int | None, data: bytes) -> list[Heard]:
        samples = decode_pcm(data, self._format)
        if not self._ledger.admit(sequence, contiguous=False):
            return [Warned(WarningCode.DUPLICATE_DROPPED, samples.size * 1000 // self._rate_hz)]
        return self._hear_at(offset_ms, samples)

    def _hear_placed(self, placed: Iterable[Placed | Warned]) -> list[Heard]:
        heard: list[Heard] = []
        for each in placed:
            if isinstance(each, Warned):
                heard.append(each)
            else:
                heard += self._hear_at(
                    each.at_ms, each.samples, paused=not each.lost, concealed=each.concealed
                )
        return heard

    def _hear_at(
        self,
        offset_ms: int | None,
        samples: Samples,
        *,
        paused: bool = False,
        concealed: Samples = NOTHING,
    ) -> list[Heard]:
        """Samples in their place. paused: a short gap before them is none that anybody caused.
        concealed: what is to be heard in the gap, and then silence."""
        placement = self._ledger.place(offset_ms, samples.size)
        samples = samples[placement.skip_samples :]
        self._ledger.count(placement.silence_samples + samples.size)
        warning = placement.warning
        told = warning and not (paused and warning.code is WarningCode.GAP_FILLED)
        gap = np.zeros(placement.silence_samples, np.float32)
        made_up = concealed[: gap.size]
        gap[: made_up.size] = made_up
        self._concealed_samples += made_up.size
        heard: list[Heard] = [warning] if warning and told else []
        return heard + self._hear(np.concatenate([gap, samples]), self._rate_hz)

    def _hear_decoded(self, decoder: ContainerDecoder, samples: Samples) -> list[Heard]:
        if not samples.size:
            return []
        self._ledger.count(samples.size * SOURCE_RATE_HZ // decoder.rate_hz)
        return self._hear(samples, decoder.rate_hz)

    def _hear(self, samples: Samples, rate_hz: int) -> list[Heard]:
        if self._line is None:
            self._line = _Line(rate_hz)
        heard: list[Heard] = [*self._line.watch.observe(samples)]
        samples = np.clip(samples, -1, 1)
        if self._decoder is None:
            self._note(samples)
        return heard + self._audio(self._line.resampler.push(samples))

    def _note(self, piece: Message | Samples) -> None:
        """Before it is taken in: another intake may be given a message twice, but not too few."""
        if self._recorded:
            self._fresh.append(piece if isinstance(piece, Message) else piece_of(piece))

    def _audio(self, samples: Samples) -> list[Heard]:
        if not samples.size:
            return []
        # A filter rings: samples at full scale may come out a little beyond it.
        heard = np.clip(samples, -1, 1)
        heard[np.abs(heard) < FLOOR] = 0
        return [Audio(heard, self._clock.now_ms())]


class _Line:
    """The parts that need to know the client's rate, which a container tells with its audio."""

    def __init__(self, rate_hz: int) -> None:
        self.watch = LevelWatch(rate_hz)
        self.resampler = Resampler(rate_hz)


def _after(heard: Iterable[Heard], given_samples: int) -> list[Heard]:
    """The audio after the first samples."""
    rest: list[Heard] = []
    for each in heard:
        if not isinstance(each, Audio):
            continue
        again = min(given_samples, each.samples.size)
        given_samples -= again
        if again < each.samples.size:
            rest.append(replace(each, samples=each.samples[again:]))
    return rest
