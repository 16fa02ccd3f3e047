"""Replicas on Ray for as long as a server runs. Imported only where there is to be a cluster."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from ray.exceptions import RayError

from interp.cluster.agreement import Agreement
from interp.cluster.hosted import HostFactory
from interp.cluster.pool import RayPool
from interp.cluster.runtime import join
from interp.cluster.settings import ClusterConfig
from interp.core.errors import InterpError
from interp.engine.replica import Agree, ReplicaPool


@asynccontextmanager
async def replicas(
    config: ClusterConfig, factory: Callable[[Agree], HostFactory]
) -> AsyncIterator[ReplicaPool]:
    """Replicas on Ray, replaced when they are lost. factory: what each calls, given how all of this
    Ray agree."""
    runtime = await asyncio.to_thread(join, config)
    try:
        pool = await RayPool.start(config, factory(Agreement(config.namespace)), runtime)
    except* (RayError, InterpError, TimeoutError) as group:
        first = group.exceptions[0]
        raise OSError(f"a replica did not start: {type(first).__name__}; see its log") from None
    try:
        async with asyncio.TaskGroup() as tasks:
            supervising = tasks.create_task(pool.supervise())
            try:
                yield pool
            finally:
                supervising.cancel()
    finally:
        await pool.stop()
