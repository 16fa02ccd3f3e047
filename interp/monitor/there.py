"""Sessions of another gateway: its MonitorService, asked in the name of whoever asks us."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import grpc

from interp.monitor.access import NEIGHBOUR_KEY, Access, Person
from interp.monitor.settings import Role
from interp.monitor.told import Told
from interp.wire.monitoring import (
    DeleteSessionRequest,
    ExportCaptionsRequest,
    ListenSessionRequest,
    ListenSessionResponse,
    MonitoredSession,
    PushCaptionsRequest,
    SessionState,
    SpeakSessionRequest,
    SteerSessionRequest,
    WatchSessionRequest,
    WatchSessionsRequest,
    WatchSessionsResponse,
    monitor_stub,
)
from interp.wire.status import error_of

AnswerT = TypeVar("AnswerT")

CALL_S = 15.0
"""A call that is answered once; the longest is a countdown."""
RETRY_S = 0.5
GONE_S = 10.0
"""Sessions of a gateway that does not answer are shown so long, as reconnecting."""
MOST_ROWS = 2000
"""Of one gateway."""

OPTIONS = [
    # a machine that is gone is noticed after the sum, whatever the system does
    ("grpc.keepalive_time_ms", 2_000),
    ("grpc.keepalive_timeout_ms", 2_000),
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.max_reconnect_backoff_ms", 1_000),
]
US = Person("gateway", Role.VIEWER)


class There:
    """A neighbour: follow() it in a task; its rows and calls whenever. name: of the gateway."""

    def __init__(self, name: str, address: str, access: Access) -> None:
        self.name, self.address = name, address
        self._access = access
        self._channel = grpc.aio.insecure_channel(address, options=OPTIONS)
        self._stub = monitor_stub(self._channel)
        self._rows: dict[str, MonitoredSession] = {}
        self._heard_s = time.monotonic()
        self.connected = self._closed = False

    def rows(self) -> list[MonitoredSession]:
        """As it last told them; reconnecting while it does not answer, and then none."""
        if self.connected:
            return list(self._rows.values())
        if time.monotonic() - self._heard_s > GONE_S:
            self._rows.clear()
        return [_reconnecting(row) for row in self._rows.values()]

    async def follow(self) -> None:
        """Keep its rows up to date, until closed."""
        while not self._closed:
            try:
                async for change in self._stub.WatchSessions(
                    WatchSessionsRequest(), metadata=self._for(US)
                ):
                    self._take(change)
            except (grpc.aio.AioRpcError, grpc.aio.UsageError):
                pass  # it is gone, or comes again; or we have closed
            if self.connected:
                self.connected, self._heard_s = False, time.monotonic()
            await asyncio.sleep(RETRY_S)

    def _take(self, change: WatchSessionsResponse) -> None:
        if not self.connected:
            self._rows.clear()  # the first change has them all
        self.connected, self._heard_s = True, time.monotonic()
        for name in change.gone:
            self._rows.pop(name, None)
        for row in change.sessions:
            row.gateway = self.name
            if row.name in self._rows or len(self._rows) < MOST_ROWS:
                self._rows[row.name] = row

    async def close(self) -> None:
        """No more calls."""
        self._closed = True
        await self._channel.close()

    async def watch(self, request: WatchSessionRequest, person: Person) -> AsyncIterator[Told]:
        """As Monitor."""
        call = self._stub.WatchSession(request, metadata=self._for(person))
        with _followed(call):
            async for message in call:
                yield Told(message)

    async def steer(self, request: SteerSessionRequest, person: Person) -> None:
        """As Monitor."""
        await _answer(self._stub.SteerSession(request, metadata=self._for(person), timeout=CALL_S))

    async def listen(
        self, request: ListenSessionRequest, person: Person
    ) -> AsyncIterator[ListenSessionResponse]:
        """As Monitor."""
        call = self._stub.ListenSession(request, metadata=self._for(person))
        with _followed(call):
            async for piece in call:
                yield piece

    async def speak(self, pieces: AsyncIterator[SpeakSessionRequest], person: Person) -> int:
        """As Monitor."""
        answer = await _answer(self._stub.SpeakSession(pieces, metadata=self._for(person)))
        return int(answer.spoken.ToMilliseconds())

    async def export(self, request: ExportCaptionsRequest, person: Person) -> str:
        """As Monitor."""
        answer = await _answer(
            self._stub.ExportCaptions(request, metadata=self._for(person), timeout=CALL_S)
        )
        return str(answer.content)

    async def push(self, request: PushCaptionsRequest, person: Person) -> None:
        """As Monitor."""
        await _answer(self._stub.PushCaptions(request, metadata=self._for(person), timeout=CALL_S))

    async def delete(self, request: DeleteSessionRequest, person: Person) -> None:
        """As Monitor."""
        await _answer(self._stub.DeleteSession(request, metadata=self._for(person), timeout=CALL_S))

    def _for(self, person: Person) -> tuple[tuple[str, str], ...]:
        return ((NEIGHBOUR_KEY, self._access.vouched(person)),)


async def _answer(call: Awaitable[AnswerT]) -> AnswerT:
    with _as_ours():
        return await call


@contextmanager
def _followed(call: grpc.aio.UnaryStreamCall[Any, Any]) -> Iterator[None]:
    """A stream that nobody asks for any more once the block is left."""
    try:
        with _as_ours():
            yield
    finally:
        call.cancel()


@contextmanager
def _as_ours() -> Iterator[None]:
    """Raises our errors as the neighbour gave them; Unavailable where it did not answer."""
    try:
        yield
    except grpc.aio.AioRpcError as error:
        raise error_of(error) from error


def _reconnecting(row: MonitoredSession) -> MonitoredSession:
    shown = MonitoredSession()
    shown.CopyFrom(row)
    if row.state != SessionState.SESSION_STATE_ENDED:
        shown.state = SessionState.SESSION_STATE_RECONNECTING
    return shown
