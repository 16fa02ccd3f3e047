"""A replica as Ray knows it: an async actor that answers calls, so that none waits for a model."""

import asyncio
import os
import pickle
from typing import Any, NoReturn

import ray

from interp.cluster.calls import answered
from interp.cluster.hosted import Hosted
from interp.cluster.line import Line
from interp.cluster.mould import mould_here

CAST_S = 10.0
"""A mould that is loaded gives a replica in this time, or is replaced itself."""


class ReplicaActor:
    """Carries calls to a process that was forked for it, and is gone when that is."""

    def __init__(self, factory: bytes) -> None:
        """factory: a pickled HostFactory, which is not for this process to load."""
        self._mould = mould_here(factory)
        self._line: Line | None = None
        self._opening = asyncio.Lock()

    async def call(self, request: bytes) -> bytes:
        """As `calls.answered`; the first waits until the models are loaded."""
        async with self._opening:
            line = self._line = self._line or await self._cast()
        try:
            return await line.ask(request)
        except (OSError, EOFError):
            _leave()

    async def _cast(self) -> Line:
        address = await self._mould.address.remote()
        try:
            return await Line.open(address, CAST_S)
        except TimeoutError:
            ray.kill(self._mould, no_restart=False)
            raise


class OwnReplicaActor:
    """Hosts the models itself, as it must on a GPU, which no forked process may use."""

    def __init__(self, factory: bytes) -> None:
        self._hosted = Hosted(pickle.loads(factory)())

    async def call(self, request: bytes) -> bytes:
        """As `calls.answered`."""
        return answered(self._hosted, request)


def _leave() -> NoReturn:
    """End this process: whoever waits for an answer learns at once that there will be none."""
    os._exit(1)


RayReplicaActor: Any = ray.remote(ReplicaActor)
RayOwnReplicaActor: Any = ray.remote(OwnReplicaActor)
