"""What comes and goes over HTTP: with our headers, and errors in the shape that AIP-193 gives."""

import asyncio
import mimetypes
from collections.abc import AsyncIterator, Awaitable, Callable
from importlib import resources
from typing import Any, TypeAlias

from google.protobuf.message import Message
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from interp.core.errors import (
    AtCapacity,
    Forbidden,
    InterpError,
    InvalidRequest,
    NotServed,
    OutOfOrder,
    Reason,
    Unauthenticated,
    Unavailable,
)
from interp.wire.json import json_object, read_json
from interp.wire.monitoring import to_json

Handler: TypeAlias = Callable[[Request], Awaitable[Response]]

POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    )
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
MOST_ORDER_BYTES = 65_536
STATUS: tuple[tuple[type[InterpError], int], ...] = (
    (InvalidRequest, 400),
    (Unauthenticated, 401),
    (Forbidden, 403),
    (NotServed, 404),
    (OutOfOrder, 409),
    (AtCapacity, 429),
    (Unavailable, 503),
)
BEAT_S = 15.0
"""A line says that a stream lives, so that proxies and readers know."""
RETRY_MS = 500
"""After a cut readers come back this soon; left to themselves browsers take seconds."""


def answered(handler: Handler) -> Handler:
    """The handler, with our errors as JSON."""

    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except InterpError as error:
            status = next((code for kind, code in STATUS if isinstance(error, kind)), 500)
            said = {"code": status, "reason": error.reason.value, "message": str(error)}
            return plain_json({"error": said}, status)

    return answer


def plain_json(what: Any, status: int = 200) -> JSONResponse:
    """What is no message of the contract."""
    return JSONResponse(what, status, headers=HEADERS)


def message_json(message: Message) -> Response:
    """A message of the contract."""
    return Response(to_json(message), media_type="application/json", headers=HEADERS)


def text(content: str) -> Response:
    """A file of text."""
    return Response(content, media_type="text/plain; charset=utf-8", headers=HEADERS)


async def body_of(request: Request) -> bytes:
    """The JSON of an order. Raises InvalidRequest."""
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise InvalidRequest(Reason.MALFORMED_MESSAGE, "an order is application/json")
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_ORDER_BYTES:
            raise InvalidRequest(Reason.MALFORMED_MESSAGE, "an order is short")
    return body


async def order_of(request: Request, message: Message) -> None:
    """Read an order that is a message of the contract. Raises InvalidRequest."""
    read_json(await body_of(request), message, "body")


async def fields_of(request: Request) -> dict[str, Any]:
    """An order that is not. Raises InvalidRequest."""
    return json_object(await body_of(request), "an order")


def stream(pieces: AsyncIterator[bytes], kind: str, **headers: str) -> Response:
    """A body that goes on."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return StreamingResponse(pieces, media_type=kind, headers={**HEADERS, **named})


def events(pieces: AsyncIterator[bytes]) -> Response:
    """Server-Sent Events (WHATWG HTML, 9.2) of pieces that are such."""
    return stream(_beating(pieces), "text/event-stream")


def file(name: str) -> Response:
    """One of the page's own. Raises NotServed."""
    path = resources.files("interp.monitor") / "static" / name
    if "/" in name or not path.is_file():
        raise NotServed(Reason.SESSION_UNKNOWN, "no such file")
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Response(path.read_bytes(), media_type=kind, headers=HEADERS)


async def _beating(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The pieces, and a sign of life when none came for a while; ends with an error of ours."""
    waiting: asyncio.Future[bytes] | None = None
    yield b"retry: %d\n\n" % RETRY_MS
    try:
        while True:
            waiting = waiting or asyncio.ensure_future(_next(pieces))
            done, _ = await asyncio.wait({waiting}, timeout=BEAT_S)
            if not done:
                yield b": \n\n"
                continue
            try:
                yield waiting.result()
            except (StopAsyncIteration, InterpError):
                return
            waiting = None
    finally:
        if waiting:
            waiting.cancel()


async def _next(pieces: AsyncIterator[bytes]) -> bytes:
    return await anext(pieces)
