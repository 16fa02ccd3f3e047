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

    def __init__(self, factory: bytes, load_s: float) -> None:
        """factory: a pickled HostFactory, which is not for this process to load. load_s: a mould
        that has not loaded it in this time is replaced."""
        self._factory, self._load_s = factory, load_s
        self._line: Line | None = None
        self._opening = asyncio.Lock()

    async def call(self, request: bytes) -> bytes:
        """As `calls.answered`; the first waits until the models are loaded.

        A replica that never answers is for the caller to notice, who has this process ended then,
        and the mould ends the replica with it.
        """
        async with self._opening:
            line = self._line = self._line or await self._cast()
        try:
            return await line.ask(request)
        except (OSError, EOFError):
            _leave()

    async def _cast(self) -> Line:
        """A new replica. Raises TimeoutError, after which there is another mould; RayError."""
        mould = await asyncio.to_thread(mould_here, self._factory)
        try:
            async with asyncio.timeout(self._load_s):
                address = await mould.address.remote()
            return await Line.open(address, CAST_S)
        except TimeoutError:
            ray.kill(mould, no_restart=False)
            raise


class OwnReplicaActor:
    """Hosts the models itself, as it must on a GPU, which no forked process may use."""

    def __init__(self, factory: bytes) -> None:
        self._hosted = Hosted(pickle.loads(factory))

    async def call(self, request: bytes) -> bytes:
        """As `calls.answered`."""
        return answered(self._hosted, request)


def _leave() -> NoReturn:
    """End this process: whoever waits for an answer learns at once that there will be none."""
    os._exit(1)


RayReplicaActor: Any = ray.remote(ReplicaActor)
RayOwnReplicaActor: Any = ray.remote(OwnReplicaActor)
