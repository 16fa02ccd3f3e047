"""Everything for people beside a gateway: its sessions on a board, and the doors to them."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import grpc

from interp.monitor.access import Access, Metadata, Person
from interp.monitor.board import Board
from interp.monitor.everywhere import Everywhere
from interp.monitor.here import Here
from interp.monitor.port import page
from interp.monitor.register import Register
from interp.monitor.servicer import MonitorServicer
from interp.monitor.settings import PageSettings
from interp.serve.conversation import Entry
from interp.wire.monitoring import register_monitor

LOOPBACK = ("127.0.0.1", "[::1]", "localhost")


@dataclass(frozen=True, slots=True)
class _Room:
    """The sessions of a gateway that is built, and all that can be seen from it."""

    entry: Entry
    board: Board
    here: Here
    everywhere: Everywhere


class Desk:
    """Of one gateway: door() while its server is built (or attend() without that), then open().

    register: where other gateways are found; None: there are none. host: where they find this one.
    """

    def __init__(
        self,
        settings: PageSettings,
        *,
        address: str,
        register: Register | None = None,
        host: str = LOOPBACK[0],
    ) -> None:
        """address: that the gateway listens on."""
        self._settings, self._register, self._host = settings, register, host
        self._local = address.rpartition(":")[0] in LOOPBACK
        self._access = Access(settings)
        self._room: _Room | None = None

    def attend(self, entry: Entry) -> Everywhere:
        """To the sessions of this gateway."""
        board = Board(entry.sessions, keep_s=self._settings.keep_s)
        here = Here(board)
        everywhere = Everywhere(here, self._access, uuid.uuid4().hex[:8])
        self._room = _Room(entry, board, here, everywhere)
        return everywhere

    def door(self, server: grpc.aio.Server, entry: Entry) -> tuple[str, ...]:
        """MonitorService on the gateway's own port, for who has a key of the page."""
        return (register_monitor(server, MonitorServicer(self.attend(entry), self._caller_of)),)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[int]:
        """The page while the context is open; gives its port. Raises OSError if that is taken."""
        room = self._room
        assert room, "a desk attends to a gateway first"
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(room.board.watch())]
            try:
                async with (
                    self._neighbours(room, group, tasks),
                    page(room.everywhere, self._access, room.entry, self._settings) as port,
                ):
                    yield port
            finally:
                for task in tasks:
                    task.cancel()

    @asynccontextmanager
    async def _neighbours(
        self, room: _Room, group: asyncio.TaskGroup, tasks: list["asyncio.Task[None]"]
    ) -> AsyncIterator[None]:
        """Found, and let in on a port of their own."""
        if self._register is None:
            yield
            return
        server = grpc.aio.server(options=[("grpc.http2.min_ping_interval_without_data_ms", 1_000)])
        register_monitor(server, MonitorServicer(room.here, self._access.vouched_of))
        port = server.add_insecure_port(f"{self._host}:0")
        await server.start()
        ready = asyncio.Event()
        meeting = room.everywhere.meet(self._register, f"{self._host}:{port}", ready)
        tasks.append(group.create_task(meeting))
        try:
            await ready.wait()
            yield
        finally:
            await server.stop(0)

    def _caller_of(self, metadata: Metadata) -> Person:
        return self._access.caller_of(metadata, local=self._local)
