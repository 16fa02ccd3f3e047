"""A host in a process of its own: the calls of `Replica`, and a sign of life."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from interp.core.clock import MonotonicClock
from interp.core.config import SessionConfig
from interp.core.errors import EngineFailed, Reason
from interp.core.events import Checkpoint
from interp.core.logs import KeptLines, keep_logs
from interp.engine.host import Host
from interp.engine.load import Load
from interp.engine.replica import Inbound, Outbound, ReplicaInfo

HostFactory: TypeAlias = Callable[[], Host]
"""Picklable by name. Loads and warms the models; the host is not started yet."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """A sign of life. now_ms: the replica's monotonic clock. logs: JSON lines since the last."""

    pid: int
    now_ms: float
    logs: tuple[str, ...] = ()


class Hosted:
    """Loaded and started once constructed; its lanes are lost with the process."""

    def __init__(self, load: HostFactory, logs: KeptLines | None = None) -> None:
        """logs: those of the process, where they are kept already."""
        self._logs = logs or keep_logs()  # of loading too
        self._host = load()
        self._host.start()

    def info(self) -> ReplicaInfo:
        """As Replica.info."""
        return self._host.info

    def load(self) -> Load:
        """As Replica.load."""
        return self._host.load()

    def open(self, session_id: str, config: SessionConfig, checkpoint: Checkpoint | None) -> None:
        """As Replica.open."""
        self._host.open(session_id, config, checkpoint)

    def tick(self, inbound: Inbound) -> list[Outbound]:
        """As Replica.tick."""
        return self._host.tick(inbound)

    def close(self, session_id: str) -> None:
        """As Replica.close."""
        self._host.close(session_id)

    def ping(self) -> Pulse:
        """Raises EngineFailed once the compute thread has died."""
        if not self._host.alive:
            raise EngineFailed(Reason.ENGINE_FAILED, "the replica no longer computes")
        return Pulse(os.getpid(), MonotonicClock().now_ms(), self._logs.take())
