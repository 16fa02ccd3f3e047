"""simulstream's WebSocket (simulstream 1.0), so that its own client runs on our sessions.

In: JSON metadata (sample_rate, source_lang, target_lang), PCM16, {"end_of_stream": true}. Out:
{"new": text, "deleted": ""}, as written text is never taken back; {"end_of_processing": true}.
"""

import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from interp.core.config import SessionConfig
from interp.core.errors import InterpError, InvalidRequest, Reason
from interp.core.events import TargetText
from interp.doors.pacing import Pacing
from interp.intake.format import AudioFormat, Encoding
from interp.serve.conversation import Entry
from interp.wire.json import json_object
from interp.wire.messages import (
    AudioMessage,
    Request,
    Response,
    SpeechEncoding,
    StreamConfig,
)
from interp.wire.status import our_error

POLICY_VIOLATION = 1008
MOST_REASON = 120
"""Bytes of a close frame's reason, less a few."""


class SimulstreamDoor:
    """The endpoint. source, target: languages of a client that names none."""

    def __init__(self, entry: Entry, *, source: str = "en", target: str = "en") -> None:
        self._entry = entry
        self._config = StreamConfig(SessionConfig(source, target), AudioFormat(Encoding.PCM16))

    async def __call__(self, socket: WebSocket) -> None:
        """One recording."""
        await socket.accept()
        with suppress(WebSocketDisconnect):
            try:
                await self._entry.converse((), self._requests(socket), _Line(socket))
                await socket.send_text(json.dumps({"end_of_processing": True}))
                await socket.close()
            except InterpError as error:
                await _refuse(socket, error)
            except ExceptionGroup as group:
                await _refuse(socket, our_error(group.exceptions[0]))

    async def _requests(self, socket: WebSocket) -> AsyncIterator[Request]:
        config = self._config
        pacing: Pacing | None = None
        while True:
            frame = await socket.receive()
            if frame["type"] == "websocket.disconnect":
                raise WebSocketDisconnect
            if content := frame.get("bytes"):
                if pacing is None:
                    pacing = Pacing(config.audio)
                    yield config
                await pacing.admit(content)
                yield AudioMessage(0, None, content)
            elif text := frame.get("text"):
                said = json_object(text, "metadata")
                if "end_of_stream" in said:
                    if pacing is None:
                        yield config  # an empty recording has no words, and is no error
                    return
                if pacing is None:
                    config = _told(config, said)


class _Line:
    """Written words alone; metadata of later files never comes on the same socket."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket

    async def accept(self) -> None:
        """It was accepted when it came."""

    async def send(self, response: Response, speech: SpeechEncoding) -> None:
        """What is written of a response."""
        match response.body:
            case TargetText(words=words) if words:
                new = "".join(word.text for word in words)
                await self._socket.send_text(json.dumps({"new": new, "deleted": ""}))


async def _refuse(socket: WebSocket, error: InterpError) -> None:
    await socket.close(POLICY_VIOLATION, error.message[:MOST_REASON])


def _told(config: StreamConfig, said: dict[str, Any]) -> StreamConfig:
    session = replace(
        config.session,
        source=str(said.get("source_lang") or config.session.source),
        target=str(said.get("target_lang") or config.session.target),
    )
    rate_hz = said.get("sample_rate", config.audio.rate_hz)
    if not isinstance(rate_hz, int):
        raise InvalidRequest(Reason.BAD_ENCODING, "sample_rate is a number")
    return replace(config, session=session, audio=AudioFormat(Encoding.PCM16, rate_hz))
