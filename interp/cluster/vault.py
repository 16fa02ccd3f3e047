"""Named actors that all gateways of a shared Ray write their sessions into; they outlive them.

There are two, on different nodes where Ray has them, and one is enough: Ray starts a lost one
again, empty, and what it had is brought to it from the other.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import ray
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

NAME = "interp-vault-"
COPIES = 2

StoreFactory: TypeAlias = Callable[[], Any]
"""Picklable. Makes what holds the records: open, keep, claim, forget, fetch."""


class VaultActor:
    """The calls of the store, one at a time."""

    def __init__(self, factory: StoreFactory) -> None:
        self._store = factory()

    async def open(self, owner: str, record: Any) -> None:
        """A session begins."""
        self._store.open(owner, record)

    async def keep(self, owner: str, deltas: Mapping[str, Sequence[Any]]) -> Any:
        """What became of sessions."""
        return self._store.keep(owner, deltas)

    async def claim(self, owner: str, token: str) -> Any:
        """The session that this token resumes."""
        return self._store.claim(owner, token)

    async def fetch(self, owner: str, session_ids: Iterable[str]) -> Any:
        """These records."""
        return self._store.fetch(owner, session_ids)

    async def forget(self, owner: str, session_id: str) -> None:
        """The session is over."""
        self._store.forget(owner, session_id)


_RayVaultActor = ray.remote(VaultActor)


class RayVault:
    """One vault of a Ray that was joined. A call raises RayError when the actor is not there."""

    def __init__(self, factory: StoreFactory, name: str, node: str) -> None:
        """node: where it is started, if it is not there yet, and may be. Blocks."""
        self._actor = _RayVaultActor.options(
            name=name,
            lifetime="detached",
            get_if_exists=True,
            num_cpus=0,
            max_restarts=-1,
            scheduling_strategy=NodeAffinitySchedulingStrategy(node, soft=True),
        ).remote(factory)

    async def open(self, owner: str, record: Any) -> None:
        """A session begins."""
        await self._call("open", owner, record)

    async def keep(self, owner: str, deltas: Mapping[str, Sequence[Any]]) -> Any:
        """What became of sessions."""
        return await self._call("keep", owner, deltas)

    async def claim(self, owner: str, token: str) -> Any:
        """The session that this token resumes."""
        return await self._call("claim", owner, token)

    async def fetch(self, owner: str, session_ids: Iterable[str]) -> Any:
        """These records."""
        return await self._call("fetch", owner, frozenset(session_ids))

    async def forget(self, owner: str, session_id: str) -> None:
        """The session is over."""
        await self._call("forget", owner, session_id)

    async def _call(self, method: str, *arguments: object) -> Any:
        reference = getattr(self._actor, method).remote(*arguments)
        return await asyncio.wrap_future(reference.future())


def ray_vaults(factory: StoreFactory) -> list[RayVault]:
    """All copies of a Ray that was joined, spread over its nodes, ours first. Blocks."""
    own = ray.get_runtime_context().get_node_id()
    alive = [node["NodeID"] for node in ray.nodes() if node["Alive"]]  # type: ignore[no-untyped-call]
    nodes = sorted(alive, key=lambda node: (node != own, node))
    return [RayVault(factory, f"{NAME}{i}", nodes[i % len(nodes)]) for i in range(COPIES)]
