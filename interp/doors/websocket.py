"""Sessions over a WebSocket: our own messages as JSON text, sound as bytes.

Text frames are InterpretRequest and InterpretResponse in proto3's JSON; a binary frame to us is the
next audio, one from us is the sound of the TargetSpeech before it. `{"end": true}` ends the speech.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, MutableMapping
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from interp.core.errors import InterpError
from interp.serve.conversation import Entry, Metadata
from interp.wire.json import request_from_json, response_to_json
from interp.wire.messages import AudioMessage, Request, Response, SpeechEncoding
from interp.wire.status import our_error

WAITING_REQUESTS = 64
PROTOCOL = "interp.v1"
BEARER = "bearer."
END = '{"end":true}'
CLOSE_ERROR = 4000
"""Our own close code: the text frame before it says what was wrong."""


class SocketLine:
    """A WebSocket as a line of a conversation."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket

    async def accept(self) -> None:
        """It was accepted when it came."""

    async def send(self, response: Response, speech: SpeechEncoding) -> None:
        """A response, and its sound after it."""
        text, sound = response_to_json(response, speech)
        await self._socket.send_text(text)
        if sound:
            await self._socket.send_bytes(sound)


class WebSocketDoor:
    """The endpoint. metadata_of: who a socket without a key is taken for; may raise InterpError."""

    def __init__(self, entry: Entry, metadata_of: Callable[[WebSocket], Metadata]) -> None:
        self._entry, self._metadata_of = entry, metadata_of

    async def __call__(self, socket: WebSocket) -> None:
        """One session, to its end or until the socket is gone."""
        offered = socket.scope.get("subprotocols", [])
        await socket.accept(PROTOCOL if PROTOCOL in offered else None)
        try:
            metadata = metadata_of(socket) or self._metadata_of(socket)
            await self._converse(socket, metadata)
        except InterpError as error:
            await _refuse(socket, error)

    async def _converse(self, socket: WebSocket, metadata: Metadata) -> None:
        queue: asyncio.Queue[Request | InterpError | None] = asyncio.Queue(WAITING_REQUESTS)
        line = SocketLine(socket)
        talking = asyncio.ensure_future(self._entry.converse(metadata, _requests(queue), line))
        reading = asyncio.ensure_future(_read(socket, queue))
        reading.add_done_callback(lambda done: _gone(done, talking))
        try:
            await talking
            await _close(socket)
        except asyncio.CancelledError:
            if not reading.done():
                raise  # we are told to stop; else it is the socket that is gone
        except ExceptionGroup as group:
            raise our_error(group.exceptions[0]) from group
        finally:
            reading.cancel()


def metadata_of(socket: WebSocket) -> Metadata:
    """The key that a socket brings, as a header or (a browser cannot) as a subprotocol."""
    if header := socket.headers.get("authorization"):
        return (("authorization", header),)
    for offered in socket.scope.get("subprotocols", []):
        if offered.startswith(BEARER):
            return (("authorization", f"Bearer {offered[len(BEARER) :]}"),)
    return ()


async def _read(socket: WebSocket, queue: asyncio.Queue[Request | InterpError | None]) -> None:
    """Frames as requests until the socket is gone; nothing counts after the end or an error."""
    over = False
    while (frame := await socket.receive())["type"] != "websocket.disconnect":
        if over:
            continue
        request: Request | InterpError | None
        try:
            request = _request(frame)
        except InterpError as error:
            request = error
        over = request is None or isinstance(request, InterpError)
        await queue.put(request)


def _request(frame: MutableMapping[str, Any]) -> Request | None:
    content, text = frame.get("bytes"), frame.get("text")
    if isinstance(content, bytes):
        return AudioMessage(0, None, content)
    assert isinstance(text, str), "a frame is bytes or text"
    return None if "".join(text.split()) == END else request_from_json(text)


async def _requests(
    queue: asyncio.Queue[Request | InterpError | None],
) -> AsyncIterator[Request]:
    while (request := await queue.get()) is not None:
        if isinstance(request, InterpError):
            raise request
        yield request


def _gone(reading: "asyncio.Future[None]", talking: "asyncio.Future[None]") -> None:
    """A socket that is gone is a call that is cancelled: the session waits, or ends."""
    if not reading.cancelled():
        reading.exception()
        talking.cancel()


async def _refuse(socket: WebSocket, error: InterpError) -> None:
    said = {"reason": error.reason.value, "message": error.message}
    if error.retry_after_ms:
        said["retryAfterMs"] = str(error.retry_after_ms)
    if socket.client_state is WebSocketState.CONNECTED:
        try:
            await socket.send_text(json.dumps({"error": said}))
        except WebSocketDisconnect:
            return
        await _close(socket, CLOSE_ERROR)


async def _close(socket: WebSocket, code: int = 1000) -> None:
    if socket.application_state is WebSocketState.CONNECTED:
        await socket.close(code)
