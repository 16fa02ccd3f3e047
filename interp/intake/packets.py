"""Opus packets without a container, in whatever order they come, to sound in its place."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from interp.core.audio import Samples
from interp.core.errors import InvalidRequest, Reason
from interp.core.events import Warned, WarningCode
from interp.intake.container import ContainerDecoder
from interp.intake.format import Encoding
from interp.intake.opus import RATE_HZ, is_pause, lost_frame, packet_samples
from interp.intake.rtp import Ordered, Packet, Reorder, RtpStamp

MOST_CONCEALED = 60 * RATE_HZ // 1000
"""So much of a loss is concealed, as callers' programs do; what comes after it is silence, so that
nobody hears words that were not said."""
FADE: Samples = np.linspace(1, 0, 10 * RATE_HZ // 1000, dtype=np.float32)
"""How it ends where silence follows."""
MOST_UNDECODABLE = 50
"""Packets in a row that are not Opus: the stream is something else."""


NOTHING: Samples = np.zeros(0, np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """Sound [sample] at 48 kHz. at_ms: where it begins on the client's clock, None: right after
    what went before. lost: what is missing before it was lost, not left out in a pause.
    concealed: what the decoder makes of the beginning of what is missing [sample]."""

    samples: Samples
    at_ms: int | None
    lost: bool
    concealed: Samples


class PacketDecoder:
    """Of one stream. channel: the one to hear, None: the mean. Calls wait for a decoder process."""

    def __init__(self, channel: int | None) -> None:
        self._decoder = ContainerDecoder(Encoding.OPUS_PACKETS, channel)
        self._reorder = Reorder()
        self._undecodable = 0
        self._last = b""  # that had sound
        self._end_ticks = 0  # of what was decoded

    def push(self, data: bytes, stamp: RtpStamp | None, at_ms: int | None) -> list[Placed | Warned]:
        """The sound that is certain by now. at_ms: of a packet that has no stamp.

        Raises InvalidRequest(BAD_ENCODING) where nothing decodes.
        """
        samples = packet_samples(data)
        if samples is None:
            self._count(heard=False)
            return []
        if stamp is None:
            return [*self._sound(data, samples, at_ms, lost=False, concealed=NOTHING)]
        ready = self._reorder.push(Packet(stamp, data, samples))
        if ready is None:
            return [Warned(WarningCode.DUPLICATE_DROPPED, samples * 1000 // RATE_HZ)]
        return [*self._sounds(ready)]

    def flush(self) -> list[Placed]:
        """What waits for packets that have not come, and will not."""
        return [*self._sounds(self._reorder.flush())]

    def close(self) -> None:
        """End the process."""
        self._decoder.close()

    def _sounds(self, ready: Iterable[Ordered]) -> Iterator[Placed]:
        for each in ready:
            packet, at_ms = each.packet, each.at_ticks * 1000 // RATE_HZ
            lost = each.lost or self._undecodable > 0
            concealed = self._concealed(each.at_ticks - self._end_ticks) if lost else NOTHING
            yield from self._sound(
                packet.data, packet.samples, at_ms, lost=lost, concealed=concealed
            )
            if not self._undecodable:
                self._end_ticks = each.at_ticks + packet.samples

    def _concealed(self, missing: int) -> Samples:
        """What the decoder makes of so many missing samples, or of their beginning; nothing in a
        pause."""
        if not self._last or is_pause(self._last) or missing <= 0:
            return NOTHING
        (empty, frame), parts = lost_frame(self._last), [NOTHING]
        wanted = min(missing, MOST_CONCEALED)
        while wanted > sum(part.size for part in parts):
            part = self._decoder.push(empty)
            if part.size != frame:
                break
            parts.append(part)
        concealed: Samples = np.concatenate(parts)[:wanted]
        if missing > concealed.size >= FADE.size:
            concealed[-FADE.size :] *= FADE
        return concealed

    def _sound(
        self,
        data: bytes,
        samples: int,
        at_ms: int | None,
        *,
        lost: bool,
        concealed: Samples,
    ) -> list[Placed]:
        """Of one packet; none where it does not decode, which is as if it had been lost."""
        sound = np.zeros(samples, np.float32) if is_pause(data) else self._decoder.push(data)
        self._count(heard=sound.size > 0)
        if not sound.size:
            return []
        self._last = data
        return [Placed(sound, at_ms, lost, concealed)]

    def _count(self, *, heard: bool) -> None:
        self._undecodable = 0 if heard else self._undecodable + 1
        if self._undecodable > MOST_UNDECODABLE:
            raise InvalidRequest(Reason.BAD_ENCODING, "the messages do not hold Opus packets")
