"""What a person says in the voice's place: PCM16 at 24 kHz onto the target timeline."""

from interp.core.audio import TARGET_RATE_HZ, from_pcm16, target_samples_to_ms
from interp.core.errors import InvalidRequest, OutOfOrder, Reason
from interp.core.events import TargetSpeech
from interp.monitor.access import Person
from interp.monitor.booth import Booth
from interp.wire.messages import SpeechEncoding

MOST_BYTES = TARGET_RATE_HZ * 2
"""A second of sound in one message; a microphone sends fiftieths."""


class Floor:
    """What one person says to one session's listeners, piece by piece. spoken_ms: that went out."""

    def __init__(self, booth: Booth, person: Person, target: int) -> None:
        """Raises OutOfOrder for who has not taken over, InvalidRequest for a client of codes."""
        self._booth, self._person, self._target = booth, person, target
        self.spoken_ms = 0
        self._end_ms = 0
        if not self.held:
            raise OutOfOrder(Reason.SESSION_TAKEN_OVER, "take over first")
        if booth.relay.config.speech is SpeechEncoding.SNAC_CODES:
            raise InvalidRequest(Reason.BAD_ENCODING, "this client takes codes, not sound")

    @property
    def held(self) -> bool:
        """Whether the person still speaks in the voice's place."""
        view = self._booth.view
        return view.targets[self._target].taken_over_by == self._person.name and not view.ended

    def say(self, pcm: bytes) -> None:
        """One piece; passed over once handed back. Raises InvalidRequest."""
        if len(pcm) % 2 or len(pcm) > MOST_BYTES:
            raise InvalidRequest(Reason.BAD_ENCODING, "sound is PCM16, at most a second a message")
        if not self.held:
            return
        view = self._booth.view
        samples, now_ms = from_pcm16(pcm), view.received_ms
        offset_ms = max(self._end_ms, now_ms)
        length_ms = target_samples_to_ms(samples.size)
        self._end_ms, self.spoken_ms = offset_ms + length_ms, self.spoken_ms + length_ms
        self._booth.relay.notify(
            TargetSpeech(
                segment=max(view.segments, default=0),
                samples=samples,
                codes=None,
                offset_ms=offset_ms,
                text="",
                source_start_ms=now_ms,
                source_end_ms=now_ms,
                delay_ms=now_ms,
                elapsed_ms=now_ms,
                human=True,
                target=self._target,
            )
        )
