"""Captions pushed to where an event is shown: Zoom, YouTube, OBS. One line at a time, in order.

Protocols: Zoom's closed-caption URL (seq rises with each caption, not with a retry), YouTube's
closed-caption ingestion (POST, time on the first line), obs-websocket 5 (SendStreamCaption).
"""

import asyncio
import base64
import hashlib
import json
import logging
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol, TypeAlias
from urllib.parse import urlencode, urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from interp.core.errors import InvalidRequest, Reason, Unavailable
from interp.core.sentences import ends_sentence
from interp.monitor.booth import Booth
from interp.wire.monitoring import TargetTextMessage

LINE_CHARACTERS = 80
"""Two lines of a caption, as all three show it."""
TIMEOUT_S = 5.0
TRIES = 3
BACK_OFF_S = 0.5
OBS_HELLO, OBS_IDENTIFY, OBS_IDENTIFIED, OBS_REQUEST, OBS_RESPONSE = 0, 1, 2, 6, 7

log = logging.getLogger(__name__)


class Gone(Exception):
    """The other side will take no more captions, whatever we try."""


class Shown(Protocol):
    """Where captions go."""

    async def show(self, line: str) -> None:
        """One caption. Raises OSError to be tried again, Gone."""

    async def close(self) -> None:
        """No more captions."""


class Lines:
    """Words as they are written to lines: full, or at a sentence's or a segment's end."""

    def __init__(self) -> None:
        self._line = ""

    def take(self, written: TargetTextMessage) -> Iterator[str]:
        """Lines that newly written words complete."""
        for text in (word.text for word in written.words):
            if len((self._line + text).strip()) > LINE_CHARACTERS:
                yield from self._cut()
            self._line += text
            if ends_sentence(text):
                yield from self._cut()
        if written.segment_ended:
            yield from self._cut()

    def _cut(self) -> Iterator[str]:
        line, self._line = self._line.strip(), ""
        if line:
            yield line


class Posted:
    """A caption a request; seq counts captions from 1, and a retry has the number it had."""

    def __init__(self, request: Callable[[int, str], urllib.request.Request]) -> None:
        self._request = request
        self._sequence = 0

    async def show(self, line: str) -> None:
        """Raises OSError, Gone for a refusal that a retry would not change."""
        self._sequence += 1
        for left in reversed(range(TRIES)):
            try:
                await asyncio.to_thread(self._post, line)
                return
            except urllib.error.HTTPError as error:
                if error.code in (400, 403, 405):
                    raise Gone(f"refused with {error.code}") from error
                if not left:
                    raise
            except OSError:
                if not left:
                    raise
            await asyncio.sleep(BACK_OFF_S)

    async def close(self) -> None:
        """Nothing is open."""

    def _post(self, line: str) -> None:
        request = self._request(self._sequence, line)
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            answer.read(1024)


def zoom(url: str, language: str) -> Posted:
    """The URL that Zoom's host copies ("closed captioning, API token")."""

    def request(sequence: int, line: str) -> urllib.request.Request:
        return _plain(url, line, seq=str(sequence), lang=language)

    return Posted(request)


def youtube(url: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Posted:
    """The ingestion URL of a live stream, with its `cid`."""

    def request(sequence: int, line: str) -> urllib.request.Request:
        moment = now().strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
        return _plain(url, f"{moment}\n{line}\n", seq=str(sequence))

    return Posted(request)


def _plain(url: str, text: str, **query: str) -> urllib.request.Request:
    """A POST of text, with more of a query behind the address's own."""
    joint = "&" if urlsplit(url).query else "?"
    headers = {"content-type": "text/plain; charset=utf-8"}
    return urllib.request.Request(f"{url}{joint}{urlencode(query)}", text.encode(), headers)


class Obs:
    """obs-websocket 5: connected once, identified by its password if it asks for one."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._asked = 0

    @classmethod
    async def connected(cls, url: str, password: str) -> "Obs":
        """Raises OSError where it is not there, Gone where it refuses us."""
        try:
            async with asyncio.timeout(TIMEOUT_S):
                obs = cls(await connect(url))
                hello = await obs._receive(OBS_HELLO)
                wanted: dict[str, Any] = {"rpcVersion": 1, "eventSubscriptions": 0}
                if asked := hello.get("authentication"):
                    wanted["authentication"] = obs_answer(password, **asked)
                await obs._send(OBS_IDENTIFY, wanted)
                await obs._receive(OBS_IDENTIFIED)
        except WebSocketException as error:
            raise Gone("obs does not let us in") from error
        return obs

    async def show(self, line: str) -> None:
        """Raises OSError while OBS does not stream: the line is lost, the next may be shown."""
        self._asked += 1
        request = {
            "requestType": "SendStreamCaption",
            "requestId": str(self._asked),
            "requestData": {"captionText": line},
        }
        try:
            async with asyncio.timeout(TIMEOUT_S):
                await self._send(OBS_REQUEST, request)
                answer = await self._receive(OBS_RESPONSE)
        except WebSocketException as error:
            raise Gone("obs has gone") from error
        if not answer["requestStatus"]["result"]:
            raise OSError(f"obs answers {answer['requestStatus']['code']}")

    async def close(self) -> None:
        """Leave."""
        await self._socket.close()

    async def _send(self, kind: int, data: Mapping[str, Any]) -> None:
        await self._socket.send(json.dumps({"op": kind, "d": data}))

    async def _receive(self, kind: int) -> dict[str, Any]:
        while True:
            message = json.loads(await self._socket.recv())
            if message["op"] == kind:
                data: dict[str, Any] = message["d"]
                return data


def obs_answer(password: str, challenge: str, salt: str) -> str:
    """base64(sha256(base64(sha256(password + salt)) + challenge))."""
    secret = base64.b64encode(hashlib.sha256((password + salt).encode()).digest()).decode()
    return base64.b64encode(hashlib.sha256((secret + challenge).encode()).digest()).decode()


Opening: TypeAlias = Callable[[str, str, str], Awaitable[Shown]]


async def _zoom(url: str, secret: str, language: str) -> Shown:
    return zoom(url, language)


async def _youtube(url: str, secret: str, language: str) -> Shown:
    return youtube(url)


async def _obs(url: str, secret: str, language: str) -> Shown:
    return await Obs.connected(url, secret)


PLACES: Mapping[str, tuple[Opening, tuple[str, ...]]] = {
    "zoom": (_zoom, ("https", "http")),
    "youtube": (_youtube, ("http", "https")),
    "obs": (_obs, ("ws", "wss")),
}


async def open_place(place: str, url: str, secret: str, language: str) -> Shown:
    """Raises InvalidRequest, Unavailable where nobody answers."""
    if place not in PLACES:
        raise InvalidRequest(Reason.BAD_CONFIG, f"captions go to {', '.join(PLACES)}")
    opening, schemes = PLACES[place]
    if urlsplit(url).scheme not in schemes:
        raise InvalidRequest(Reason.BAD_CONFIG, f"the address begins with {schemes[0]}://")
    try:
        return await opening(url, secret, language)
    except (OSError, Gone) as error:
        raise Unavailable(Reason.DRAINING, f"{place} does not take captions", 1000) from error


async def push(booth: Booth, target: int, place: str, shown: Shown) -> None:
    """Show every line from now on, to the session's end or until the place takes no more."""
    lines = Lines()
    reader, _ = booth.join("", target)
    extra = {"session_id": booth.session_id, "address": place}
    try:
        async for told in reader:
            if told.kind != "target_text":
                continue
            for line in lines.take(told.message.target_text):
                try:
                    await shown.show(line)
                except OSError as error:
                    log.warning("caption lost", extra={**extra, "error": type(error).__name__})
    except Gone:
        log.warning("captions are no longer taken", extra=extra)
    finally:
        booth.leave(reader)
        await shown.close()
