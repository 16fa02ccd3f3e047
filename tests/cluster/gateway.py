"""A gateway in a process of its own: joins the Ray at argv[1], prints its replica's pid, leaves."""

import asyncio
import sys

from interp.cluster.pool import RayPool
from interp.cluster.replica import RayReplica
from interp.cluster.settings import ClusterConfig
from tests.cluster.scripted import scripted_host


async def main(address: str) -> None:
    config = ClusterConfig(ray_address=address, namespace="shared", cpus_per_replica=0, standby=0)
    pool = await RayPool.start(config, scripted_host)
    (replica,) = pool.replicas()
    assert isinstance(replica, RayReplica)
    sys.stdout.write(f"{(await replica.ping()).pid}\n")
    await pool.stop()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
