"""The seam between the gateway and whatever hosts the models: one call per tick, whole sessions."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, TypeVar

from interp.core.config import SessionConfig
from interp.core.errors import InterpError, Reason, Unavailable
from interp.core.events import Checkpoint, Input, Said
from interp.core.logs import described
from interp.core.synthesiser import Voice
from interp.core.translator import Pair
from interp.engine.load import Load
from interp.policies.qualities import BEST, FAST

ResultT = TypeVar("ResultT")

RETRY_AFTER_MS = 1000

log = logging.getLogger(__name__)

Inbound: TypeAlias = Mapping[str, Sequence[Input]]
"""Inputs by session id, each in order."""

Agree: TypeAlias = Callable[[str, str], str]
"""A matter and what one would have it be, to what it is for all replicas that share sessions."""


@dataclass(frozen=True, slots=True)
class Outbound:
    """What one session has to say since the last tick.

    items: events and checkpoints in order. worked_ms: source audio worked through so far.
    error: the session ended with it and its lane is free again.
    """

    session_id: str
    items: tuple[Said, ...]
    worked_ms: int
    error: InterpError | None = None


@dataclass(frozen=True, slots=True)
class ReplicaInfo:
    """What a replica offers. lanes: sessions at once. model: as `interp models list` has it.
    precision: what its linear layers compute in.

    best_lanes: up to so many sessions, spoken ones twice, it can serve at their best; beyond, those
    that leave the quality to the service are served fast. None: all lanes. terms: whether sessions
    may have some.
    """

    lanes: int
    pairs: frozenset[Pair]
    voices: tuple[Voice, ...]
    model: str
    best_lanes: int | None = None
    precision: str = ""
    terms: bool = True

    def quality(self, sessions: int) -> str:
        """What it gives each of so many sessions that leave the choice to it."""
        return BEST if self.best_lanes is None or sessions <= self.best_lanes else FAST


class Replica(Protocol):
    """A host of model lanes. Call it through `answer_of`, which says when it is lost.

    A call raises the errors of ours that it names, and anything else when the replica is gone with
    its state.
    """

    name: str

    async def info(self) -> ReplicaInfo:
        """What it offers."""

    async def load(self) -> Load:
        """How much it has to do, for all gateways."""

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


@dataclass(frozen=True, slots=True)
class PoolSize:
    """wanted: replicas that there should be now, but for standby. unplaced: how many more than the
    usual have found no room so far."""

    wanted: int
    unplaced: int = 0


class ReplicaPool(Protocol):
    """The replicas that can take sessions now. Their names are unique among them.

    call_timeout_s: a replica that does not answer a call in this time is lost.
    """

    call_timeout_s: float

    @property
    def size(self) -> PoolSize:
        """How many there should be."""

    def replicas(self) -> Sequence[Replica]:
        """Those believed alive."""

    async def report_lost(self, replica: Replica) -> None:
        """The caller found it gone: list it no more, and have another started if that can be had.

        Does not wait for the other.
        """


async def answer_of(call: Coroutine[Any, Any, ResultT], timeout_s: float) -> ResultT:
    """A replica's answer. Raises the error of ours that it gives; anything else is `lost()`.

    Waits in two halves: after a stall of this process the second lets in what came.
    """
    answer = asyncio.ensure_future(call)
    try:
        for _ in range(2):
            await asyncio.wait({answer}, timeout=timeout_s / 2)
            if answer.done():
                return answer.result()
    except InterpError:
        raise
    except Exception as error:
        log.warning("replica call failed", extra=described(error))
        raise lost() from error
    finally:
        answer.cancel()
    log.warning("replica call not answered in time")
    raise lost()


def lost() -> Unavailable:
    """The replica is gone, or as good as."""
    return Unavailable(
        Reason.REPLICA_LOST, "the replica was lost; start the session anew", RETRY_AFTER_MS
    )
