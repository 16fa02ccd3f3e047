"""Which events of a session are new: a replay says again what was told before."""

from interp.core.audio import target_samples_to_ms
from interp.core.errors import EngineFailed, Reason
from interp.core.events import Numbered, TargetSpeech


class Once:
    """Of one session. Text is told by its number, speech by its place on its
    target's timeline; a warning is told whenever it comes."""

    def __init__(self) -> None:
        self._next_sequence = 0
        self._spoken_ms: dict[int, int] = {}
        self._hushed_ms = -1

    def admit(self, item: Numbered) -> bool:
        """Whether to tell it. Raises EngineFailed if an event is missing before it."""
        if isinstance(item.event, TargetSpeech):
            return self._is_next_sound(item.event)
        if not item.counts:
            return True
        if item.sequence > self._next_sequence:
            raise EngineFailed(Reason.ENGINE_FAILED, "the session's events have a hole")
        new = item.sequence == self._next_sequence
        self._next_sequence += new
        return new

    def hush(self, position_ms: int) -> None:
        """An interrupt at this source position overtakes the speech from before it."""
        self._hushed_ms = position_ms

    def _is_next_sound(self, sound: TargetSpeech) -> bool:
        spoken_ms = self._spoken_ms.get(sound.target, 0)
        if sound.offset_ms < spoken_ms or sound.delay_ms <= self._hushed_ms:
            return False
        self._spoken_ms[sound.target] = sound.offset_ms + target_samples_to_ms(sound.samples.size)
        return True
