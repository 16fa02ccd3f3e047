import asyncio
import warnings
from collections.abc import AsyncIterator

import pytest_asyncio

from interp.cluster.pool import RayPool
from interp.cluster.settings import ClusterConfig
from tests.cluster.scripted import scripted_host

CONFIG = ClusterConfig(replicas=2, object_store_mb=75, call_timeout_s=2.0, probe_period_s=0.5)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def pool() -> AsyncIterator[RayPool]:
    """One Ray and two scripted replicas of two lanes for all tests, supervised."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Ray's own, about files and deprecations
        pool = await RayPool.start(CONFIG, scripted_host)
    supervision = asyncio.create_task(pool.supervise())
    yield pool
    supervision.cancel()
    await pool.stop()
