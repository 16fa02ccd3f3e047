"""A replica's process: a Host behind an async actor, so that no call waits for a model."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import ray

from interp.core.clock import MonotonicClock
from interp.core.config import SessionConfig
from interp.core.errors import EngineFailed, Reason
from interp.core.events import Checkpoint
from interp.core.logs import keep_logs
from interp.engine.host import Host
from interp.engine.load import Load
from interp.engine.replica import Inbound, Outbound, ReplicaInfo

HostFactory: TypeAlias = Callable[[], Host]
"""Picklable. Loads and warms the model in the replica's process; the host is not started yet."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """A sign of life. now_ms: the replica's monotonic clock. logs: JSON lines since the last."""

    pid: int
    now_ms: float
    logs: tuple[str, ...] = ()


class ReplicaActor:
    """The calls of `Replica`. Ready once constructed; its lanes are lost with the process."""

    def __init__(self, factory: HostFactory) -> None:
        self._logs = keep_logs()
        self._host = factory()
        self._host.start()

    async def info(self) -> ReplicaInfo:
        """As Replica.info."""
        return self._host.info

    async def load(self) -> Load:
        """As Replica.load."""
        return self._host.load()

    async def open(
        self, session_id: str, config: SessionConfig, checkpoint: Checkpoint | None
    ) -> None:
        """As Replica.open."""
        self._host.open(session_id, config, checkpoint)

    async def tick(self, inbound: Inbound) -> list[Outbound]:
        """As Replica.tick."""
        return self._host.tick(inbound)

    async def close(self, session_id: str) -> None:
        """As Replica.close."""
        self._host.close(session_id)

    async def ping(self) -> Pulse:
        """Raises EngineFailed once the compute thread has died."""
        if not self._host.alive:
            raise EngineFailed(Reason.ENGINE_FAILED, "the replica no longer computes")
        return Pulse(os.getpid(), MonotonicClock().now_ms(), self._logs.take())


RayReplicaActor = ray.remote(ReplicaActor)
