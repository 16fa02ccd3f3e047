"""A whole gateway on a shared Ray in a process of its own: argv is Ray's address, then its port.

Prints its port, then that of its page.
"""

import asyncio
import sys

from interp.cluster.pool import RayPool
from interp.cluster.register import RayRegister
from interp.cluster.settings import ClusterConfig
from interp.cluster.vault import RayVault
from interp.core.clock import MonotonicClock
from interp.monitor.desk import Desk
from interp.monitor.settings import PageSettings
from interp.serve.config import ServerConfig, ServerSettings
from interp.serve.server import Server
from interp.serve.vault import VaultStore
from interp.service import register_store
from tests.cluster.scripted import scripted_host


def store() -> VaultStore:
    return VaultStore(MonotonicClock())


def many_lanes():  # type: ignore[no-untyped-def]
    return scripted_host(lanes=8)


async def main(address: str, port: str) -> None:
    config = ClusterConfig(ray_address=address, namespace="vaulted", cpus_per_replica=0, standby=0)
    pool = await RayPool.start(config, many_lanes)
    vault = await asyncio.to_thread(RayVault, store)
    register = await asyncio.to_thread(RayRegister, register_store)
    where = f"127.0.0.1:{port}"
    settings = ServerConfig(server=ServerSettings(address=where))
    desk = Desk(PageSettings(address="127.0.0.1:0"), address=where, register=register)
    server = Server(
        config=settings, pool=pool, clock=MonotonicClock(), vault=vault, doors=[desk.door]
    )
    running = asyncio.create_task(server.run(asyncio.Event()))
    await server.started.wait()
    async with desk.open() as page_port:
        sys.stdout.write(f"{server.port}\n{page_port}\n")
        sys.stdout.flush()
        await running


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
