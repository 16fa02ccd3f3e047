"""A real server on a free port over scripted replicas, and raw calls to it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import grpc

from interp.client.ending import Ending
from interp.core.clock import MonotonicClock
from interp.core.config import SessionConfig
from interp.core.errors import InterpError
from interp.core.events import Output, TargetText
from interp.core.tracing import UNSEEN, Tracing
from interp.engine.local import LocalPool
from interp.engine.replica import Replica, ReplicaPool
from interp.intake.format import AudioFormat, Encoding, IntakeLimits
from interp.serve.auth import Tenant
from interp.serve.config import ServerConfig, ServerSettings, TlsSettings
from interp.serve.limits import RelaySettings
from interp.serve.link import DispatchSettings
from interp.serve.outbox import OutboxSettings
from interp.serve.server import Door, Server
from interp.serve.vault import Vault
from interp.v1 import interpretation_service_pb2 as pb
from interp.v1 import interpretation_service_pb2_grpc as stubs
from interp.wire.messages import AudioMessage, Body, Request, Response, StreamConfig
from interp.wire.requests import request_to_proto
from interp.wire.responses import response_from_proto
from interp.wire.status import error_of
from tests.fakes.replica import FakeReplica

RawCall: TypeAlias = "grpc.aio.StreamStreamCall[pb.InterpretRequest, pb.InterpretResponse]"

CHUNK_MS = 100
CALL_TIMEOUT_S = 0.3
CHUNK = b"\0\1" * 1600
CONFIG = StreamConfig(SessionConfig("fr", "en"), AudioFormat(Encoding.PCM16, 16_000))
SPOKEN = replace(CONFIG, session=replace(CONFIG.session, outputs=frozenset(Output)))
RESUMABLE = replace(CONFIG, resume_window_s=5.0)


def audio(sequence: int, chunk: bytes = CHUNK) -> AudioMessage:
    """The message with this number, counted from 1, each CHUNK_MS long."""
    return AudioMessage(sequence, (sequence - 1) * CHUNK_MS, chunk)


def settings(
    *,
    tenants: tuple[Tenant, ...] = (),
    tls: TlsSettings | None = None,
    server: ServerSettings | None = None,
    outbox: OutboxSettings | None = None,
    dispatch: DispatchSettings | None = None,
    intake: IntakeLimits | None = None,
    **limits: Any,
) -> ServerConfig:
    """A config with short times."""
    limits = {"ack_ms": 10, "lag_ms": 50, "outbox": outbox or OutboxSettings(), **limits}
    return ServerConfig(
        server=server or ServerSettings(address="127.0.0.1:0", drain_s=0.3),
        session=RelaySettings(**limits),
        intake=intake or IntakeLimits(),
        dispatch=dispatch or DispatchSettings(tick_ms=5, replace_s=0.5, retry_ms=20),
        tls=tls,
        tenants=tenants,
    )


@dataclass
class Gateway:
    """A running server."""

    server: Server
    stop: asyncio.Event
    task: "asyncio.Task[None]"
    channel: grpc.aio.Channel = field(init=False)

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self.server.port}"

    def call(self, **options: Any) -> "Talk":
        """A raw call."""
        return Talk(self.raw(**options))

    def raw(self, key: str = "", timeout_s: float = 10.0) -> RawCall:
        """A call that nobody reads yet."""
        metadata = (("authorization", f"Bearer {key}"),) if key else ()
        stub = stubs.InterpretationServiceStub(self.channel)  # type: ignore[no-untyped-call]
        call: RawCall = stub.Interpret(metadata=metadata, timeout=timeout_s)
        return call


@asynccontextmanager
async def serving(
    *replicas: Replica,
    config: ServerConfig | None = None,
    pool: ReplicaPool | None = None,
    vault: Vault | None = None,
    doors: Sequence[Door] = (),
    tracing: Tracing = UNSEEN,
) -> AsyncIterator[Gateway]:
    """Serve, and stop at the end."""
    server = Server(
        config=config or settings(),
        pool=pool or LocalPool(replicas, CALL_TIMEOUT_S),
        clock=MonotonicClock(),
        vault=vault,
        doors=doors,
        tracing=tracing,
    )
    stop = asyncio.Event()
    gateway = Gateway(server, stop, asyncio.create_task(server.run(stop)))
    started = asyncio.create_task(server.started.wait())
    await asyncio.wait({gateway.task, started}, return_when=asyncio.FIRST_COMPLETED)
    started.cancel()
    if gateway.task.done():
        await gateway.task
    try:
        async with grpc.aio.insecure_channel(gateway.address) as gateway.channel:
            yield gateway
    finally:
        stop.set()
        await gateway.task


class Talk:
    """One raw call, for saying things a proper client would not. Reads all the time."""

    def __init__(self, call: RawCall) -> None:
        self.call = call
        self.ending = Ending(call)
        self.sequences: list[int] = []
        self._heard: asyncio.Queue[Response | InterpError | None] = asyncio.Queue()
        self._reader = asyncio.create_task(self._read_on())

    async def say(self, *requests: Request) -> "Talk":
        """Send requests, unless the server ends the call meanwhile."""
        with suppress(grpc.aio.AioRpcError, asyncio.InvalidStateError):
            await send(self.call, *requests)
        return self

    async def half_close(self) -> "Talk":
        """The speaker has finished."""
        await self.call.done_writing()
        return self

    async def read(self) -> Body | None:
        """The next response's body; None at the end. Raises our error."""
        heard = await self._heard.get()
        if isinstance(heard, InterpError):
            raise heard
        if heard is None:
            return None
        self.sequences.append(heard.sequence)
        return heard.body

    async def _read_on(self) -> None:
        try:
            async for message in self.call:
                self._heard.put_nowait(response_from_proto(message))
            self._heard.put_nowait(None)
        except grpc.aio.AioRpcError:
            self._heard.put_nowait(error_of(await self.ending.error()))

    async def until(self, kind: type[Body]) -> Any:
        """Read on to the first response of a kind."""
        while (body := await self.read()) is not None:
            if isinstance(body, kind):
                return body
        raise AssertionError(f"the call ended without {kind.__name__}")

    async def rest(self) -> list[Body]:
        """Read to the end."""
        bodies: list[Body] = []
        while (body := await self.read()) is not None:
            bodies.append(body)
        return bodies

    async def error(self) -> InterpError:
        """Read to the end, which is an error."""
        try:
            bodies = await self.rest()
        except InterpError as error:
            return error
        raise AssertionError(f"the call ended well after {len(bodies)} responses")

    def cancel(self) -> None:
        """Go away without a word."""
        self.call.cancel()


async def send(call: RawCall, *requests: Request) -> None:
    """Write requests to a call."""
    for request in requests:
        await call.write(request_to_proto(request))


def text_of(bodies: Iterable[Body]) -> str:
    """All written words."""
    return "".join(w.text for b in bodies if isinstance(b, TargetText) for w in b.words)


def words(count: int, first: int = 0) -> str:
    """What the scripted replica writes for this many chunks."""
    return "".join(f" w{i}" for i in range(first, count))


async def eventually(condition: Callable[[], object], timeout_s: float = 3.0) -> None:
    """Wait until a condition holds."""
    for _ in range(round(timeout_s / 0.005)):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it never came to be")


async def heard(talk: Talk, count: int) -> str:
    """Text of the next so many TargetTexts."""
    return text_of([await talk.until(TargetText) for _ in range(count)])


def holder(replicas: list[FakeReplica]) -> FakeReplica:
    """The one that has the session."""
    return next(replica for replica in replicas if replica.lanes)
