"""InterpretationService: one call, told as the protocol tells it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable
from typing import TypeVar

import grpc
from google.protobuf.message import DecodeError

from interp.core.errors import (
    AtCapacity,
    InterpError,
    InvalidRequest,
    OutOfOrder,
    Reason,
    SessionLimit,
)
from interp.core.logs import described
from interp.serve.auth import Keys, Tenant
from interp.serve.metrics import Metrics
from interp.serve.relay import Relay, Stream
from interp.serve.sessions import Sessions
from interp.wire.messages import (
    AudioMessage,
    Request,
    Response,
    Resume,
    SilenceMessage,
    StreamConfig,
)
from interp.wire.requests import request_from_proto
from interp.wire.responses import response_to_proto
from interp.wire.services import (
    InterpretationServiceServicer,
    InterpretRequest,
    InterpretResponse,
)
from interp.wire.status import our_error, rich_status

AnswerT = TypeVar("AnswerT")
RequestT = TypeVar("RequestT")
ResponseT = TypeVar("ResponseT")

EOF_GRACE_S = 0.02
"""A cancelled call reads as half-closed for an instant before it is cancelled."""

FIRST_REQUEST_S = 10.0

log = logging.getLogger(__name__)


class InterpretationServicer(InterpretationServiceServicer):
    """max_message_bytes: of one request. write_timeout_s: for a response to leave."""

    def __init__(
        self,
        *,
        sessions: Sessions,
        keys: Keys,
        metrics: Metrics,
        max_message_bytes: int,
        write_timeout_s: float,
    ) -> None:
        self._sessions, self._keys, self._metrics = sessions, keys, metrics
        self._max_message_bytes = max_message_bytes
        self._write_timeout_s = write_timeout_s

    async def Interpret(
        self,
        request_iterator: AsyncIterator[InterpretRequest],
        context: grpc.aio.ServicerContext[InterpretRequest, InterpretResponse],
    ) -> None:
        """As in interpretation_service.proto."""
        await answered(self._interpret(request_iterator, context), context)

    async def _interpret(
        self,
        messages: AsyncIterator[InterpretRequest],
        context: grpc.aio.ServicerContext[InterpretRequest, InterpretResponse],
    ) -> None:
        requests = self._requests(messages)
        try:
            tenant = self._keys.tenant_of(context.invocation_metadata())
            first = await _first(requests)
            relay = await self._open(tenant, first)
        except InterpError as error:
            self._metrics.refused.labels(error.reason.value).inc()
            raise
        async with self._sessions.carried(relay) as stream:
            # Else a cut during the first write leaves half-sent headers, and no status can follow.
            await context.send_initial_metadata(())
            started = relay.started(resumed=isinstance(first, Resume))
            async with asyncio.TaskGroup() as group:
                hearing = group.create_task(self._hear(requests, relay, stream))
                cutting = group.create_task(stream.until_cut())
                await self._speak(Response(0, started), relay, stream, context)
                hearing.cancel()
                cutting.cancel()

    async def _open(self, tenant: Tenant, first: Request) -> Relay:
        match first:
            case StreamConfig():
                return await self._sessions.start(tenant, first)
            case Resume():
                return await self._sessions.resume(tenant, first)
            case _:
                raise OutOfOrder(
                    Reason.AUDIO_BEFORE_CONFIG, "the first request must be a config, not audio"
                )

    async def _hear(self, requests: AsyncIterator[Request], relay: Relay, stream: Stream) -> None:
        """Take everything in until half-close; a wrong request ends this session."""
        try:
            async for request in requests:
                if not stream.current or relay.ended:
                    return
                relay.welcomed()
                match request:
                    case AudioMessage() | SilenceMessage():
                        await relay.hear(request)
                    case StreamConfig() | Resume():
                        raise OutOfOrder(Reason.CONFIG_TWICE, "the config comes once, first")
                    case _:
                        relay.control(request)
            if stream.current:
                relay.welcomed()
                await relay.end_input()
        except InterpError as error:
            relay.fail(error)

    async def _speak(
        self,
        first: Response,
        relay: Relay,
        stream: Stream,
        context: grpc.aio.ServicerContext[InterpretRequest, InterpretResponse],
    ) -> None:
        """Send everything there is to say until the session's end."""
        response: Response | None = first
        while response:
            message = response_to_proto(response, relay.config.speech)
            try:
                async with asyncio.timeout(self._write_timeout_s):
                    await context.write(message)
            except TimeoutError as error:
                raise SessionLimit(
                    Reason.READER_TOO_SLOW, "responses are not read; the session ended"
                ) from error
            response = await stream.next()

    async def _requests(self, messages: AsyncIterator[InterpretRequest]) -> AsyncIterator[Request]:
        """Requests as our values, until a half-close that is one. Raises InvalidRequest."""
        try:
            async for message in messages:
                if message.ByteSize() > self._max_message_bytes:
                    raise AtCapacity(
                        Reason.MESSAGE_TOO_LARGE,
                        f"a request has at most {self._max_message_bytes} bytes",
                    )
                yield request_from_proto(message)
        except DecodeError as error:
            raise InvalidRequest(
                Reason.MALFORMED_MESSAGE, "the request is not an InterpretRequest"
            ) from error
        await asyncio.sleep(EOF_GRACE_S)


async def _first(requests: AsyncIterator[Request]) -> Request:
    try:
        async with asyncio.timeout(FIRST_REQUEST_S):
            return await anext(requests)
    except (StopAsyncIteration, TimeoutError) as error:
        raise InvalidRequest(
            Reason.CONFIG_MISSING, "the call must begin with a config, and at once"
        ) from error


async def answered(
    call: Awaitable[AnswerT], context: grpc.aio.ServicerContext[RequestT, ResponseT]
) -> AnswerT:
    """Await a call; whatever it raises becomes a status of ours. The one place that catches all."""
    try:
        return await call
    except Exception as caught:  # noqa: BLE001
        error = our_error(caught)
        if error.reason is Reason.ENGINE_FAILED:
            log.error("call failed", extra=described(caught))
    return await context.abort_with_status(rich_status(error))
