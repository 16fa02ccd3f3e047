"""A whole gateway on a shared Ray in a process of its own.

argv: Ray's address, the gateway's port, how many replicas and how many beside them.
"""

import asyncio
import sys

from interp.cluster.pool import RayPool
from interp.cluster.settings import ClusterConfig
from interp.cluster.vault import ray_vaults
from interp.core.clock import MonotonicClock
from interp.engine.host import Host
from interp.serve.config import ServerConfig, ServerSettings
from interp.serve.server import Server
from interp.serve.vault import VaultStore
from interp.serve.vault_copies import VaultCopies
from tests.cluster.scripted import scripted_host


def store() -> VaultStore:
    return VaultStore(MonotonicClock())


def many_lanes() -> Host:
    return scripted_host(lanes=8)


async def run(pool: RayPool, server: Server) -> None:
    """Until it is killed. Prints its port, then that of its metrics if it has one."""
    supervising = asyncio.create_task(pool.supervise())
    running = asyncio.create_task(server.run(asyncio.Event()))
    await server.started.wait()
    for port in filter(None, (server.port, server.metrics_port)):
        sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    await running
    supervising.cancel()


async def main(address: str, port: str, replicas: str, standby: str) -> None:
    config = ClusterConfig(
        ray_address=address,
        namespace="vaulted",
        cpus_per_replica=int(standby),  # with one beside them each is to be on a node of its own
        replicas=int(replicas),
        standby=int(standby),
    )
    pool = await RayPool.start(config, many_lanes)
    vault = VaultCopies(await asyncio.to_thread(ray_vaults, store), MonotonicClock())
    settings = ServerConfig(server=ServerSettings(address=f"127.0.0.1:{port}"))
    server = Server(config=settings, pool=pool, clock=MonotonicClock(), vault=vault)
    await run(pool, server)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
