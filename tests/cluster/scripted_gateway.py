"""A whole gateway on a shared Ray in a process of its own: argv is Ray's address, then its port."""

import asyncio
import sys

from interp.cluster.pool import RayPool
from interp.cluster.settings import ClusterConfig
from interp.cluster.vault import ray_vaults
from interp.core.clock import MonotonicClock
from interp.serve.config import ServerConfig, ServerSettings
from interp.serve.server import Server
from interp.serve.vault import VaultStore
from interp.serve.vault_copies import VaultCopies
from tests.cluster.scripted import scripted_host


def store() -> VaultStore:
    return VaultStore(MonotonicClock())


def many_lanes():  # type: ignore[no-untyped-def]
    return scripted_host(lanes=8)


async def main(address: str, port: str) -> None:
    config = ClusterConfig(ray_address=address, namespace="vaulted", cpus_per_replica=0, standby=0)
    pool = await RayPool.start(config, many_lanes)
    vault = VaultCopies(await asyncio.to_thread(ray_vaults, store), MonotonicClock())
    settings = ServerConfig(server=ServerSettings(address=f"127.0.0.1:{port}"))
    server = Server(config=settings, pool=pool, clock=MonotonicClock(), vault=vault)
    running = asyncio.create_task(server.run(asyncio.Event()))
    await server.started.wait()
    sys.stdout.write(f"{server.port}\n")
    sys.stdout.flush()
    await running


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
