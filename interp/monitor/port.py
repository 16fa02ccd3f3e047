"""The page's own port, beside the gateway in the same loop."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn

from interp.monitor.access import Access
from interp.monitor.contract import House
from interp.monitor.settings import PageSettings
from interp.monitor.web import app
from interp.serve.conversation import Entry

BACKLOG = 2048


class _Server(uvicorn.Server):
    """uvicorn without hands on our signals."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Tells when the port takes calls."""
        await super().startup(sockets)
        self.ready.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals stay with who started us."""
        yield


@asynccontextmanager
async def page(
    house: House, access: Access, entry: Entry, settings: PageSettings
) -> AsyncIterator[int]:
    """The page while the context is open; gives its port. Raises OSError if that is taken."""
    host, _, port = settings.address.rpartition(":")
    listening = socket.create_server((host, int(port)), backlog=BACKLOG)
    config = uvicorn.Config(
        app(house, access, entry, settings.tenant_key),
        log_config=None,
        log_level="warning",
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=1,
        ws="websockets-sansio",
        ws_max_size=65_536,
        forwarded_allow_ips="*" if settings.proxied else None,
    )
    server = _Server(config)
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(server.serve([listening]))
        await server.ready.wait()
        try:
            yield int(listening.getsockname()[1])
        finally:
            server.should_exit = True
            await serving
