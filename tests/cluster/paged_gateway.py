"""A gateway with its page on a shared Ray in a process of its own: argv is Ray's address.

Prints its port, then that of its page.
"""

import asyncio
import sys

from interp.cluster.pool import RayPool
from interp.cluster.register import RayRegister
from interp.cluster.settings import ClusterConfig
from interp.cluster.vault import ray_vaults
from interp.core.clock import MonotonicClock
from interp.monitor.desk import Desk
from interp.monitor.register import register_store
from interp.monitor.settings import PageSettings
from interp.serve.config import ServerConfig, ServerSettings
from interp.serve.server import Server
from interp.serve.vault_copies import VaultCopies
from tests.cluster.scripted_gateway import many_lanes, store

WHERE = "127.0.0.1:0"


async def main(address: str) -> None:
    config = ClusterConfig(
        ray_address=address,
        namespace="paged",
        cpus_per_replica=0,
        standby=0,
        call_timeout_s=20.0,  # it is a gateway that is lost here, never a replica
    )
    pool = await RayPool.start(config, many_lanes)
    register = await asyncio.to_thread(RayRegister, register_store)
    desk = Desk(PageSettings(address=WHERE), address=WHERE, register=register)
    vaults = await asyncio.to_thread(ray_vaults, store)
    for each in vaults:
        await each.claim("nobody", "no token")  # it has started
    server = Server(
        config=ServerConfig(server=ServerSettings(address=WHERE)),
        pool=pool,
        clock=MonotonicClock(),
        vault=VaultCopies(vaults, MonotonicClock()),
        doors=[desk.door],
    )
    running = asyncio.create_task(server.run(asyncio.Event()))
    await server.started.wait()
    async with desk.open() as page_port:
        sys.stdout.write(f"{server.port}\n{page_port}\n")
        sys.stdout.flush()
        await running


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
