"""Where the gateway finds replicas. A cluster supervises them; one process has a fixed few."""

from collections.abc import Sequence
from typing import Protocol

from interp.engine.replica import Replica


class ReplicaPool(Protocol):
    """The replicas that can take sessions now. Their names are unique among them."""

    def replicas(self) -> Sequence[Replica]:
        """Those believed alive."""

    async def report_lost(self, replica: Replica) -> None:
        """The caller found it gone: list it no more, and start another if that is to be had."""


class FixedPool:
    """A few replicas that nobody replaces."""

    def __init__(self, replicas: Sequence[Replica]) -> None:
        self._replicas = list(replicas)

    def replicas(self) -> Sequence[Replica]:
        """Those not reported lost."""
        return tuple(self._replicas)

    async def report_lost(self, replica: Replica) -> None:
        """Forget it."""
        self._replicas = [each for each in self._replicas if each is not replica]
