"""Replicas in this process, each a host with its compute thread: no Ray, and nobody replaces them.

For tests, the demo and small deployments; a model that stops takes its sessions with it.
"""

from collections.abc import Sequence

from interp.core.config import SessionConfig
from interp.core.events import Checkpoint
from interp.engine.host import Host
from interp.engine.load import Load
from interp.engine.replica import Inbound, Outbound, PoolSize, Replica, ReplicaInfo, lost

CALL_TIMEOUT_S = 10.0
"""Calls only pass things on; what takes this long is a process that stands still."""


class LocalReplica:
    """`Replica` over a started host."""

    def __init__(self, name: str, host: Host) -> None:
        self.name = name
        self._host = host

    async def info(self) -> ReplicaInfo:
        """As Replica.info."""
        return self._live().info

    async def load(self) -> Load:
        """As Replica.load."""
        return self._live().load()

    async def open(
        self, session_id: str, config: SessionConfig, checkpoint: Checkpoint | None
    ) -> None:
        """As Replica.open."""
        self._live().open(session_id, config, checkpoint)

    async def tick(self, inbound: Inbound) -> list[Outbound]:
        """As Replica.tick."""
        return self._live().tick(inbound)

    async def close(self, session_id: str) -> None:
        """As Replica.close."""
        self._live().close(session_id)

    def _live(self) -> Host:
        if not self._host.alive:
            raise lost()
        return self._host


class LocalPool:
    """`ReplicaPool` over a few replicas that nobody replaces."""

    def __init__(self, replicas: Sequence[Replica], call_timeout_s: float = CALL_TIMEOUT_S) -> None:
        self.call_timeout_s = call_timeout_s
        self._replicas = list(replicas)
        self.size = PoolSize(len(replicas))

    def replicas(self) -> Sequence[Replica]:
        """Those not reported lost."""
        return tuple(self._replicas)

    async def report_lost(self, replica: Replica) -> None:
        """Forget it."""
        self._replicas = [each for each in self._replicas if each is not replica]
