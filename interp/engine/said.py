"""What a session has said and nobody has taken yet: events in order, numbered, and checkpoints."""

from collections.abc import Iterable
from typing import Any

from interp.core.events import (
    Checkpoint,
    Event,
    Numbered,
    Output,
    PolicyAction,
    TargetSpeech,
    TargetText,
    Warned,
)


class Said:
    """outputs: what was asked for; events that nobody asked for have no number."""

    def __init__(self, outputs: frozenset[Output], next_sequence: int) -> None:
        self.outputs = outputs
        self._next_sequence = next_sequence
        self._items: list[Numbered | Checkpoint] = []

    def tell(self, event: Event) -> None:
        """Say what counts, if it was asked for."""
        match event:
            case TargetText() if Output.TEXT not in self.outputs:
                return
            case PolicyAction() if Output.ACTIONS not in self.outputs:
                return
        self._items.append(Numbered(self._next_sequence, event))
        self._next_sequence += 1

    def sound(self, events: Iterable[TargetSpeech | Warned]) -> None:
        """Say what is of the voice; it does not count."""
        self._items.extend(Numbered(self._next_sequence, event) for event in events)

    def checkpoint(self, position_samples: int, state: Any) -> None:
        """Note a point to go on from."""
        self._items.append(Checkpoint(position_samples, self._next_sequence, state))

    def take(self) -> list[Numbered | Checkpoint]:
        """Everything since the last call, in order."""
        items, self._items = self._items, []
        return items
