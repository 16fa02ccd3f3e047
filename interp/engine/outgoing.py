"""What a session has said and nobody has taken yet, in order: numbered events, notes."""

from collections.abc import Iterable
from typing import Any

from interp.core.events import (
    Checkpoint,
    Event,
    Numbered,
    Output,
    PassedOver,
    PolicyAction,
    Said,
    Skipped,
    TargetSpeech,
    TargetText,
    Warned,
)


class Outgoing:
    """outputs: what was asked for; events that nobody asked for are not said."""

    def __init__(self, outputs: frozenset[Output], next_sequence: int) -> None:
        self.outputs = outputs
        self._next_sequence = next_sequence
        self._said: list[Said] = []

    def tell(self, event: Event) -> None:
        """Say what counts, if it was asked for."""
        match event:
            case TargetText() if Output.TEXT not in self.outputs:
                return
            case PolicyAction() if Output.ACTIONS not in self.outputs:
                return
        self._said.append(Numbered(self._next_sequence, event))
        self._next_sequence += 1

    def tell_uncounted(self, events: Iterable[TargetSpeech | Warned]) -> None:
        """Say what does not count, because a replay may say otherwise."""
        self._said.extend(Numbered(self._next_sequence, event) for event in events)

    def note(self, note: PassedOver | Skipped) -> None:
        """Say what a replay has to know."""
        self._said.append(note)

    def checkpoint(self, position_samples: int, state: Any) -> None:
        """Note a point to go on from."""
        self._said.append(Checkpoint(position_samples, self._next_sequence, state))

    def take(self) -> list[Said]:
        """Everything since the last call, in order."""
        said, self._said = self._said, []
        return said
