"""A client of the service: audio and controls in, events out, resumed over lost connections.

async with connect("host:50051", key="...") as client:
    async for event in client.interpret(config, paced(chunks, 100)):
        ...
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import grpc

from interp.client.channel import channel_options
from interp.client.ending import Ending, is_overwritten
from interp.core.errors import AtCapacity, InterpError, Reason, Unavailable
from interp.intake.format import SAMPLE_BYTES, AudioFormat
from interp.intake.rtp import RtpStamp
from interp.wire.messages import (
    AudioAck,
    AudioMessage,
    Body,
    Control,
    Request,
    Resume,
    SessionStarted,
    ShowSlide,
    StreamConfig,
)
from interp.wire.requests import request_to_proto
from interp.wire.responses import response_from_proto
from interp.wire.services import (
    InterpretationServiceStub,
    InterpretRequest,
    InterpretResponse,
    interpretation_stub,
)
from interp.wire.status import error_of, is_ours

Call: TypeAlias = "grpc.aio.StreamStreamCall[InterpretRequest, InterpretResponse]"
AHEAD_MESSAGES = 64
BACK_OFF_S = (0.1, 0.2, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class RtpPacket:
    """What RTP brought of Opus: for sessions whose audio is Encoding.OPUS_PACKETS."""

    stamp: RtpStamp
    payload: bytes


Fed: TypeAlias = bytes | RtpPacket | Control | ShowSlide


@dataclass(frozen=True, slots=True)
class ClientTls:
    """PEM files. authority: that signed the server; certificate and key: our own, for mTLS."""

    authority: str = ""
    certificate: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Patience:
    """With a server. answer_s: one that does not answer the first message in this time is as good
    as none. room_s: where it has no room, the session is asked for again when the server says, for
    so long.
    """

    answer_s: float = 20.0
    room_s: float = 0.0


class Client:
    """Makes calls over one channel."""

    def __init__(self, channel: grpc.aio.Channel, key: str, patience: Patience) -> None:
        self._stub = interpretation_stub(channel)
        self._patience = patience
        self._metadata = (("authorization", f"Bearer {key}"),) if key else ()

    def interpret(
        self, config: StreamConfig, feed: AsyncIterable[Fed]
    ) -> AsyncGenerator[Body, None]:
        """Send the feed, half-close, and give what the server says, once each and in order.

        Audio of the feed is bytes, or packets of RTP with their stamps. The feed is asked for from
        the moment the session has started. With config.resume_window_s a lost connection is taken
        up again within that time. Raises InterpError with the server's reason, and whatever the
        feed raises.
        """
        talk = _Conversation(self._stub, self._metadata, config, self._patience)
        return talk.events(feed)


def channel_to(address: str, tls: ClientTls | None) -> grpc.aio.Channel:
    """To a server at host:port, with our keepalive."""
    options = channel_options(address)
    if tls is None:
        return grpc.aio.insecure_channel(address, options=options)
    return grpc.aio.secure_channel(address, _credentials(tls), options=options)


@asynccontextmanager
async def connect(
    address: str, *, key: str = "", tls: ClientTls | None = None, patience: Patience | None = None
) -> AsyncIterator[Client]:
    """A client of the server at host:port; key: sent as a bearer key."""
    async with channel_to(address, tls) as channel:
        yield Client(channel, key, patience or Patience())


async def paced(
    chunks: Iterable[bytes], chunk_ms: float, ahead_ms: float = 0.0
) -> AsyncIterator[bytes]:
    """Chunks as a live source would give them: each when the speaker has finished it, or up to
    `ahead_ms` before."""
    loop = asyncio.get_running_loop()
    started_s = loop.time()
    for index, chunk in enumerate(chunks, 1):
        due_s = started_s + (index * chunk_ms - ahead_ms) / 1000
        await asyncio.sleep(max(0.0, due_s - loop.time()))
        yield chunk


@dataclass(frozen=True, slots=True)
class _Sent:
    """after: sequence of the newest audio up to and with this request."""

    after: int
    request: Request


class _Conversation:
    """One session over as many calls as it takes."""

    def __init__(
        self,
        stub: InterpretationServiceStub,
        metadata: tuple[tuple[str, str], ...],
        config: StreamConfig,
        patience: Patience,
    ) -> None:
        self._stub, self._metadata, self._config = stub, metadata, config
        self._patience = patience
        self._queue: asyncio.Queue[_Sent | None] = asyncio.Queue(AHEAD_MESSAGES)
        self._unacked: deque[_Sent] = deque()
        self._half_closed = False
        self._token = ""
        self._window_s = 0.0
        self._received = 0
        self._welcomed = asyncio.Event()
        self._started = asyncio.Event()

    async def events(self, feed: AsyncIterable[Fed]) -> AsyncGenerator[Body, None]:
        """What the server says."""
        pump = asyncio.ensure_future(self._pump(feed))
        loop = asyncio.get_running_loop()
        give_up_s = loop.time() + self._patience.room_s
        try:
            lost_at_s: float | None = None
            tries = 0
            while True:
                try:
                    async for body in self._one_call(pump):
                        lost_at_s, tries = None, 0
                        yield body
                    return
                except _ConnectionLost as lost:
                    lost_at_s = lost_at_s or loop.time()
                    if not self._token or loop.time() - lost_at_s > self._window_s:
                        raise self._told(lost.error) from lost
                    await asyncio.sleep(BACK_OFF_S[min(tries, len(BACK_OFF_S) - 1)])
                    tries += 1
                except (AtCapacity, Unavailable) as full:
                    wait_s = (full.retry_after_ms or 0) / 1000
                    until_s = lost_at_s + self._window_s if lost_at_s else give_up_s
                    waits = lost_at_s is not None or not self._started.is_set()
                    if not waits or not 0 < wait_s <= until_s - loop.time():
                        raise
                    await asyncio.sleep(wait_s)
        finally:
            pump.cancel()

    def _told(self, error: InterpError) -> InterpError:
        """The error of a lost connection, in the words of one that never was where that is so."""
        if self._started.is_set():
            return error
        return Unavailable(Reason.REPLICA_LOST, "no server answers at this address")

    async def _one_call(self, pump: "asyncio.Future[None]") -> AsyncIterator[Body]:
        """One stream of the session. Raises InterpError, _ConnectionLost."""
        self._welcomed.clear()
        call = self._stub.Interpret(metadata=self._metadata)
        ending = Ending(call)
        sender = asyncio.ensure_future(self._send(call))
        pump.add_done_callback(lambda done: _stop_if_failed(done, call))
        _stop_if_failed(pump, call)
        try:
            message = await _in_time(call, self._patience.answer_s)
            while message is not grpc.aio.EOF:
                if response := response_from_proto(message):
                    self._note(response.sequence, response.body)
                    yield response.body
                message = await call.read()
        except grpc.aio.AioRpcError:
            ended = await ending.error()
            broken = is_overwritten(ended)
            error = _broken() if broken else error_of(ended)
            moves = error.reason is Reason.DRAINING and bool(self._token)  # another server has it
            if not moves and (is_ours(ended) or not (broken or ended.code() in _LOST)):
                raise error from ended
            raise _ConnectionLost(error) from ended
        except asyncio.CancelledError:
            if pump.done() and not pump.cancelled() and (failed := pump.exception()):
                raise failed from None
            raise
        finally:
            sender.cancel()
            call.cancel()

    def _note(self, sequence: int, body: Body) -> None:
        match body:
            case SessionStarted():
                self._token = body.resume_token
                self._window_s = body.accepted.resume_window_s
                self._forget(body.received)
                self._welcomed.set()
                self._started.set()
            case AudioAck():
                self._forget(body)
        self._received = max(self._received, sequence)

    def _forget(self, ack: AudioAck) -> None:
        while self._unacked and self._is_known(self._unacked[0], ack.audio_sequence):
            self._unacked.popleft()

    def _is_known(self, sent: _Sent, acked: int) -> bool:
        """A control right after the acknowledged audio may not have arrived: it is sent again."""
        if isinstance(sent.request, AudioMessage):
            return sent.after <= acked
        return sent.after < acked

    async def _send(self, call: Call) -> None:
        try:
            await self._open(call)
            while not self._half_closed:
                sent = await self._queue.get()
                if sent is None:
                    self._half_closed = True
                    break
                self._unacked.append(sent)
                await call.write(request_to_proto(sent.request))
            await call.done_writing()
        except (grpc.aio.AioRpcError, asyncio.InvalidStateError):
            return  # the reader of the call meets the same end and tells it

    async def _open(self, call: Call) -> None:
        """Config, or resume and what the server has not got."""
        if not self._token:
            await call.write(request_to_proto(self._config))
            await self._welcomed.wait()
            return
        await call.write(request_to_proto(Resume(self._token, self._received)))
        await self._welcomed.wait()
        for sent in list(self._unacked):
            await call.write(request_to_proto(sent.request))

    async def _pump(self, feed: AsyncIterable[Fed]) -> None:
        """Number the feed. It goes on while a connection is taken up again."""
        await self._started.wait()
        sequence = sent_bytes = 0
        async for item in feed:
            match item:
                case bytes():
                    sequence += 1
                    offset_ms = _offset_ms(self._config.audio, sent_bytes)
                    sent_bytes += len(item)
                    await self._queue.put(_Sent(sequence, AudioMessage(sequence, offset_ms, item)))
                case RtpPacket(stamp, payload):
                    sequence += 1
                    message = AudioMessage(sequence, None, payload, stamp)
                    await self._queue.put(_Sent(sequence, message))
                case control:
                    await self._queue.put(_Sent(sequence, control))
        await self._queue.put(None)


class _ConnectionLost(Exception):
    def __init__(self, error: InterpError) -> None:
        super().__init__(error.message)
        self.error = error


def _broken() -> Unavailable:
    return Unavailable(Reason.REPLICA_LOST, "the connection to the server was lost")


_LOST = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED)


async def _in_time(call: Call, answer_s: float) -> Any:
    """The first message. Raises _ConnectionLost if none comes."""
    try:
        async with asyncio.timeout(answer_s):
            return await call.read()
    except TimeoutError as error:
        silent = Unavailable(Reason.REPLICA_LOST, "the server does not answer")
        raise _ConnectionLost(silent) from error


def _stop_if_failed(pump: "asyncio.Future[None]", call: Call) -> None:
    if pump.done() and not pump.cancelled() and pump.exception():
        call.cancel()


def _offset_ms(audio: AudioFormat, sent_bytes: int) -> int | None:
    if audio.encoding not in SAMPLE_BYTES:
        return None
    width = SAMPLE_BYTES[audio.encoding] * audio.channels
    return sent_bytes // width * 1000 // audio.rate_hz


def _credentials(tls: ClientTls) -> grpc.ChannelCredentials:
    return grpc.ssl_channel_credentials(*map(_read, (tls.authority, tls.key, tls.certificate)))


def _read(path: str) -> bytes | None:
    return Path(path).read_bytes() if path else None
