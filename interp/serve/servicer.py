"""InterpretationService: one call, told as the protocol tells it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable
from typing import TypeVar

import grpc
from google.protobuf.message import DecodeError

from interp.core.errors import AtCapacity, InvalidRequest, Reason
from interp.core.logs import described
from interp.serve.conversation import Entry
from interp.wire.messages import Request, Response, SpeechEncoding
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

log = logging.getLogger(__name__)


class InterpretationServicer(InterpretationServiceServicer):
    """max_message_bytes: of one request."""

    def __init__(self, entry: Entry, *, max_message_bytes: int) -> None:
        self._entry = entry
        self._max_message_bytes = max_message_bytes

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
        await self._entry.converse(context.invocation_metadata(), requests, _Call(context))

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


class _Call:
    """A gRPC call as a line."""

    def __init__(self, context: grpc.aio.ServicerContext[InterpretRequest, InterpretResponse]):
        self._context = context

    async def accept(self) -> None:
        """Else a cut during the first write leaves half-sent headers, and no status can follow."""
        await self._context.send_initial_metadata(())

    async def send(self, response: Response, speech: SpeechEncoding) -> None:
        """One message."""
        await self._context.write(response_to_proto(response, speech))


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
