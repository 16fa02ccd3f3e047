"""What a session has said and nobody has taken yet, in order: numbered events, notes."""

from collections.abc import Iterable
from typing import Any

from interp.core.events import (
    Checkpoint,
    Event,
    MadeUp,
    Numbered,
    PassedOver,
    Said,
    Skipped,
    TargetSpeech,
    Warned,
)


class Outgoing:
    """Of one session; all its targets count as one."""

    def __init__(self, next_sequence: int) -> None:
        self._next_sequence = next_sequence
        self._said: list[Said] = []

    def tell(self, event: Event) -> None:
        """Say what counts."""
        self._said.append(Numbered(self._next_sequence, event))
        self._next_sequence += 1

    def tell_uncounted(self, events: Iterable[TargetSpeech | Warned]) -> None:
        """Say what does not count, because a replay may say otherwise."""
        self._said.extend(Numbered(self._next_sequence, event) for event in events)

    def note(self, note: PassedOver | MadeUp | Skipped) -> None:
        """Say what a replay has to know."""
        self._said.append(note)

    def checkpoint(self, position_samples: int, state: Any) -> None:
        """Note a point to go on from."""
        self._said.append(Checkpoint(position_samples, self._next_sequence, state))

    def take(self) -> list[Said]:
        """Everything since the last call, in order."""
        said, self._said = self._said, []
        return said
