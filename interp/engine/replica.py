"""The seam between the gateway and whatever hosts the models: one call per tick, whole sessions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from interp.core.config import SessionConfig
from interp.core.errors import InterpError
from interp.core.events import Checkpoint, Input, Numbered
from interp.core.synthesiser import Voice
from interp.core.translator import Pair

Inbound: TypeAlias = Mapping[str, Sequence[Input]]
"""Inputs by session id, each in order."""


@dataclass(frozen=True, slots=True)
class Outbound:
    """What one session has to say since the last tick.

    items: events and checkpoints in order. worked_ms: source audio worked through so far.
    error: the session ended with it and its lane is free again.
    """

    session_id: str
    items: tuple[Numbered | Checkpoint, ...]
    worked_ms: int
    error: InterpError | None = None


@dataclass(frozen=True, slots=True)
class ReplicaInfo:
    """What a replica offers. lanes: sessions at once. model: as `interp models list` has it."""

    lanes: int
    pairs: frozenset[Pair]
    voices: tuple[Voice, ...]
    model: str


class Replica(Protocol):
    """A host of model lanes. Unavailable(REPLICA_LOST) from any call: it is gone with its state."""

    name: str

    async def info(self) -> ReplicaInfo:
        """What it offers."""

    async def open(
        self, session_id: str, config: SessionConfig, checkpoint: Checkpoint | None
    ) -> None:
        """Take a lane, at the checkpoint if one is given. Raises AtCapacity, NotServed, ..."""

    async def tick(self, inbound: Inbound) -> list[Outbound]:
        """Hand over inputs of the caller's sessions, take what they have to say. Never waits.

        Keys of `inbound` are all sessions of this caller, those without news with an empty
        sequence: it renews their lease (a lane whose gateway died is freed) and answers for them.
        """

    async def close(self, session_id: str) -> None:
        """Free the lane at once, whatever the session was doing; unknown ids are ignored."""
