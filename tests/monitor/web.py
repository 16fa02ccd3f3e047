"""Plain HTTP to the page, so that a test says exactly what goes over the wire."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from interp.monitor.desk import Desk
from interp.monitor.settings import PageSettings
from tests.serve.gateway import Gateway

TIMEOUT_S = 5.0
LOOK_S = 0.02


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Page:
    """A running page."""

    port: int

    async def ask(
        self, path: str, order: Any = None, *, method: str = "", **headers: str
    ) -> Answer:
        """One request; with an order a POST of JSON. Headers as keywords, _ for -."""
        async with asyncio.timeout(TIMEOUT_S):
            reader, writer = await self._send(path, order, method, headers)
            status, found = await _head(reader)
            body = await reader.readexactly(int(found.get("content-length", "0")))
            writer.close()
        return Answer(status, found, body)

    async def steer(self, session_id: str, **order: Any) -> Answer:
        """One order."""
        return await self.ask(f"/v1/sessions/{session_id}:steer", order)

    @asynccontextmanager
    async def stream(self, path: str, **headers: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """A body that goes on, piece by piece."""
        reader, writer = await self._send(path, None, "GET", headers)
        status, _ = await _head(reader)
        assert status == 200, status
        try:
            yield _chunks(reader)
        finally:
            writer.close()

    async def sessions(
        self, count: int = 1, timeout_s: float = TIMEOUT_S, **headers: str
    ) -> list[dict[str, Any]]:
        """Rows, once there are so many; each with its `id`."""
        for _ in range(round(timeout_s / LOOK_S)):
            said = (await self.ask("/v1/sessions", **headers)).json
            rows: list[dict[str, Any]] = said.get("sessions", [])
            if len(rows) >= count:
                return [{**row, "id": row["name"].partition("/")[2]} for row in rows]
            await asyncio.sleep(LOOK_S)
        raise AssertionError("there are fewer sessions")

    async def until(self, state: str, timeout_s: float = TIMEOUT_S) -> dict[str, Any]:
        """The first row, once it is in this state."""
        async with self.stream("/v1/sessions:watch") as pieces, asyncio.timeout(timeout_s):
            async for _, change in changes(pieces):
                for row in change.get("sessions", []):
                    if row["state"] == f"SESSION_STATE_{state}":
                        return {**row, "id": row["name"].partition("/")[2]}
        raise AssertionError("the list ended")

    async def _send(
        self, path: str, order: Any, method: str, headers: dict[str, str]
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        body = b"" if order is None else json.dumps(order).encode()
        fields = {"host": f"127.0.0.1:{self.port}", "content-length": str(len(body))}
        if order is not None:
            fields["content-type"] = "application/json"
        fields |= {name.replace("_", "-"): value for name, value in headers.items()}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        verb = method or ("GET" if order is None else "POST")
        writer.write(f"{verb} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
        return reader, writer


async def changes(pieces: AsyncIterator[bytes]) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """Changes of an event stream with their ids."""
    rest = b""
    async for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n\n")
        for event in whole:
            fields = dict(line.split(b": ", 1) for line in event.splitlines() if b": " in line)
            if b"data" in fields:
                yield fields.get(b"id", b"").decode(), json.loads(fields[b"data"])


async def first_of(
    told: AsyncIterator[tuple[str, dict[str, Any]]], count: int
) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """So many of them."""
    for _ in range(count):
        yield await anext(told)


def written(change: dict[str, Any]) -> list[str]:
    """Words of the first target that a change writes, or that a snapshot shows."""
    texts = [change["targetText"]] if "targetText" in change else []
    for line in change.get("snapshot", {}).get("lines", []):
        texts += line.get("targets", [])
    first = (text for text in texts if not text.get("target"))
    return [word["text"] for text in first for word in text.get("words", [])]


@asynccontextmanager
async def paged(gateway: Gateway, **settings: Any) -> AsyncIterator[Page]:
    """A page beside a running gateway."""
    desk = Desk(PageSettings(address="127.0.0.1:0", **settings), address=gateway.address)
    desk.attend(gateway.server.entry)
    async with desk.open() as port:
        yield Page(port)


async def _head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    fields = dict(line.split(": ", 1) for line in lines[1:] if line)
    return int(lines[0].split()[1]), {name.lower(): value for name, value in fields.items()}


async def _chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while size := int(await reader.readline(), 16):
        yield await reader.readexactly(size)
        await reader.readexactly(2)
