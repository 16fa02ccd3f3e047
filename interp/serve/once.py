"""Which events of a session are new: a replay says again what was told before."""

from collections.abc import Mapping

from interp.core.audio import target_samples_to_ms
from interp.core.errors import EngineFailed, Reason
from interp.core.events import Numbered, TargetSpeech


class Once:
    """Of one session. Text is told by its number, speech by its place on its target's timeline; a
    warning is told whenever it comes.

    next_sequence: of the first event not admitted yet. spoken_ms: on each target's timeline.
    hushed_ms: speech from before here is not told.
    """

    def __init__(
        self,
        next_sequence: int = 0,
        spoken_ms: Mapping[int, int] | None = None,
        hushed_ms: int = -1,
    ) -> None:
        self.next_sequence = next_sequence
        self.spoken_ms = dict(spoken_ms or {})
        self.hushed_ms = hushed_ms

    def admit(self, item: Numbered) -> bool:
        """Whether to tell it. Raises EngineFailed if an event is missing before it."""
        if isinstance(item.event, TargetSpeech):
            return self._is_next_sound(item.event)
        if not item.counts:
            return True
        if item.sequence > self.next_sequence:
            raise EngineFailed(Reason.ENGINE_FAILED, "the session's events have a hole")
        new = item.sequence == self.next_sequence
        self.next_sequence += new
        return new

    def hush(self, position_ms: int) -> None:
        """An interrupt at this source position overtakes the speech from before it."""
        self.hushed_ms = position_ms

    def _is_next_sound(self, sound: TargetSpeech) -> bool:
        spoken_ms = self.spoken_ms.get(sound.target, 0)
        if sound.offset_ms < spoken_ms or sound.delay_ms <= self.hushed_ms:
            return False
        self.spoken_ms[sound.target] = sound.offset_ms + target_samples_to_ms(sound.samples.size)
        return True
