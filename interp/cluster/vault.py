"""A named actor that all gateways of a shared Ray write their sessions into; it outlives them.

Its process may be restarted by Ray: it is then empty, and sessions that run go on where they are.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import ray

NAME = "interp-vault"

StoreFactory: TypeAlias = Callable[[], Any]
"""Picklable. Makes what holds the records: open, keep, claim, forget."""


class VaultActor:
    """The calls of the store, one at a time."""

    def __init__(self, factory: StoreFactory) -> None:
        self._store = factory()

    async def open(self, owner: str, record: Any) -> None:
        """A session begins."""
        self._store.open(owner, record)

    async def keep(self, owner: str, deltas: Mapping[str, Sequence[Any]]) -> frozenset[str]:
        """What became of sessions; which are not the owner's any more."""
        gone: frozenset[str] = self._store.keep(owner, deltas)
        return gone

    async def claim(self, owner: str, token: str) -> Any:
        """The record that this token resumes, or None."""
        return self._store.claim(owner, token)

    async def forget(self, owner: str, session_id: str) -> None:
        """The session is over."""
        self._store.forget(owner, session_id)


_RayVaultActor = ray.remote(VaultActor)


class RayVault:
    """The vault of a Ray that was joined. A call raises RayError when the actor is not there."""

    def __init__(self, factory: StoreFactory) -> None:
        """Blocks until the actor is found or started."""
        self._actor = _RayVaultActor.options(
            name=NAME, lifetime="detached", get_if_exists=True, num_cpus=0, max_restarts=-1
        ).remote(factory)

    async def open(self, owner: str, record: Any) -> None:
        """A session begins."""
        await self._call("open", owner, record)

    async def keep(self, owner: str, deltas: Mapping[str, Sequence[Any]]) -> frozenset[str]:
        """What became of sessions; which are not the owner's any more."""
        gone: frozenset[str] = await self._call("keep", owner, deltas)
        return gone

    async def claim(self, owner: str, token: str) -> Any:
        """The record that this token resumes, or None."""
        return await self._call("claim", owner, token)

    async def forget(self, owner: str, session_id: str) -> None:
        """The session is over."""
        await self._call("forget", owner, session_id)

    async def _call(self, method: str, *arguments: object) -> Any:
        reference = getattr(self._actor, method).remote(*arguments)
        return await asyncio.wrap_future(reference.future())
