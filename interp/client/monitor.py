"""A client of MonitorService: list, follow and steer the sessions of a deployment.

async with monitor("host:50051", key="...") as people:
    async for change in people.watch(name):
        ...
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import grpc

from interp.client.client import ClientTls, channel_to
from interp.core.errors import Unavailable
from interp.wire.monitoring import (
    ListSessionsRequest,
    MonitoredSession,
    SteerSessionRequest,
    WatchSessionRequest,
    WatchSessionResponse,
    monitor_stub,
)
from interp.wire.status import error_of

CALL_S = 15.0
BACK_OFF_S = 0.5


class MonitorClient:
    """Calls as one person. patience_s: how long a session that cannot be followed is waited for."""

    def __init__(self, channel: grpc.aio.Channel, key: str, patience_s: float) -> None:
        self._stub = monitor_stub(channel)
        self._metadata = (("authorization", f"Bearer {key}"),) if key else ()
        self._patience_s = patience_s

    async def sessions(self) -> list[MonitoredSession]:
        """All of them. Raises InterpError."""
        found: list[MonitoredSession] = []
        token = ""
        while True:
            request = ListSessionsRequest(page_token=token)
            try:
                page = await self._stub.ListSessions(
                    request, metadata=self._metadata, timeout=CALL_S
                )
            except grpc.aio.AioRpcError as error:
                raise error_of(error) from error
            found += page.sessions
            if not (token := page.next_page_token):
                return found

    async def watch(self, name: str) -> AsyncIterator[WatchSessionResponse]:
        """Changes of a session to its end, each once, over lost connections.

        A snapshot may come again: it stands in the place of all before it. Raises InterpError.
        """
        request = WatchSessionRequest(name=name)
        loop = asyncio.get_running_loop()
        heard_s = loop.time()
        while True:
            try:
                async for change in self._stub.WatchSession(request, metadata=self._metadata):
                    request.last_event_id, heard_s = change.event_id, loop.time()
                    yield change
                return
            except grpc.aio.AioRpcError as caught:
                error = error_of(caught)
                patient = loop.time() - heard_s < self._patience_s
                if not (isinstance(error, Unavailable) and patient):
                    raise error from caught
            await asyncio.sleep(BACK_OFF_S)

    async def steer(self, order: SteerSessionRequest) -> None:
        """One order. Raises InterpError."""
        try:
            await self._stub.SteerSession(order, metadata=self._metadata, timeout=CALL_S)
        except grpc.aio.AioRpcError as error:
            raise error_of(error) from error


@asynccontextmanager
async def monitor(
    address: str, *, key: str = "", tls: ClientTls | None = None, patience_s: float = 15.0
) -> AsyncIterator[MonitorClient]:
    """A client of the server at host:port; key: of a person, as the page's settings have it."""
    async with channel_to(address, tls) as channel:
        yield MonitorClient(channel, key, patience_s)
