"""Starts a Ray of its own with one scripted replica and a standby, says where, and waits."""

import asyncio
import os
import sys

from interp.cluster.pool import RayPool
from interp.cluster.settings import ClusterConfig
from tests.attack.processes import replicas_of
from tests.cluster.scripted import scripted_host


async def main() -> None:
    config = ClusterConfig(object_store_mb=75, cpus_per_replica=1)
    pool = await RayPool.start(config, scripted_host)
    supervising = asyncio.create_task(pool.supervise())
    while len(replicas_of(os.getpid())) < 2:  # noqa: ASYNC110  the standby is there as well
        await asyncio.sleep(0.1)
    sys.stdout.write(f"{pool.folder}\n")
    sys.stdout.flush()
    await supervising


if __name__ == "__main__":
    asyncio.run(main())
