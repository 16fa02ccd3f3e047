"""A real server over a scripted replica, on a thread of its own, for callers that block."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from interp.serve.config import ServerConfig
from tests.fakes.replica import FakeReplica
from tests.serve.gateway import Gateway, serving


@contextmanager
def gateway_in_thread(
    replica: FakeReplica, config: ServerConfig | None = None
) -> Iterator[Gateway]:
    """Serve until the block ends."""
    started, stop = threading.Event(), asyncio.Event()
    running: list[tuple[Gateway, asyncio.AbstractEventLoop]] = []

    async def serve() -> None:
        async with serving(replica, config=config) as gateway:
            running.append((gateway, asyncio.get_running_loop()))
            started.set()
            await stop.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    try:
        assert started.wait(10), "the server did not start"
        yield running[0][0]
    finally:
        if running:
            running[0][1].call_soon_threadsafe(stop.set)
        thread.join()
