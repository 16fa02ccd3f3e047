"""A gateway on a shared Ray whose replicas grow with their load, in a process of its own.

argv: Ray's address, the namespace, the cores that Ray reserves for a replica. Prints its port and
that of its metrics.
"""

import asyncio
import sys

from interp.cluster.pool import RayPool
from interp.cluster.scale import ScaleSettings
from interp.cluster.settings import ClusterConfig
from interp.core.clock import MonotonicClock
from interp.serve.config import ServerConfig, ServerSettings
from interp.serve.server import Server
from tests.cluster.scripted import scripted_host
from tests.cluster.scripted_gateway import run

SCALE = ScaleSettings(
    grow_after_s=1.0, shrink_after_s=2.0, place_s=4.0, pause_s=60.0, grow_lag_ms=60_000.0
)


async def main(address: str, namespace: str, cores: str) -> None:
    config = ClusterConfig(
        ray_address=address,
        namespace=namespace,
        cpus_per_replica=int(cores),
        replicas=1,
        replicas_most=3,
        standby=0,
        probe_period_s=0.3,
        scale=SCALE,
    )
    pool = await RayPool.start(config, scripted_host)
    settings = ServerSettings(address="127.0.0.1:0", metrics_address="127.0.0.1:0")
    server = Server(config=ServerConfig(server=settings), pool=pool, clock=MonotonicClock())
    await run(pool, server)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
