"""A named actor in which all gateways of a shared Ray say where they are; it outlives them."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeAlias

import ray

NAME = "interp-register"

StoreFactory: TypeAlias = Callable[[], Any]
"""Picklable. Makes what holds the addresses: beat, leave."""


class RegisterActor:
    """The calls of the store, one at a time."""

    def __init__(self, factory: StoreFactory) -> None:
        self._store = factory()

    async def beat(self, gateway: str, address: str) -> Any:
        """A gateway lives; who else does."""
        return self._store.beat(gateway, address)

    async def leave(self, gateway: str) -> None:
        """A gateway goes away."""
        self._store.leave(gateway)


_RayRegisterActor = ray.remote(RegisterActor)


class RayRegister:
    """The register of a Ray that was joined. A call raises RayError when the actor is not there."""

    def __init__(self, factory: StoreFactory) -> None:
        """Blocks until the actor is found or started."""
        self._actor = _RayRegisterActor.options(
            name=NAME, lifetime="detached", get_if_exists=True, num_cpus=0, max_restarts=-1
        ).remote(factory)

    async def beat(self, gateway: str, address: str) -> Any:
        """A gateway lives; who else does."""
        return await self._call("beat", gateway, address)

    async def leave(self, gateway: str) -> None:
        """A gateway goes away."""
        await self._call("leave", gateway)

    async def _call(self, method: str, *arguments: object) -> Any:
        reference = getattr(self._actor, method).remote(*arguments)
        return await asyncio.wrap_future(reference.future())


def node_address() -> str:
    """Where other nodes of the Ray that was joined find this one."""
    return str(ray.util.get_node_ip_address())  # type: ignore[no-untyped-call]
