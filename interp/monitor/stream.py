"""Bodies that go on: Server-Sent Events (WHATWG HTML, 9.2) and raw sound."""

import asyncio
from collections.abc import AsyncIterator

from interp.monitor.booth import Booth
from interp.monitor.readers import Reader, Readers, Sent

BEAT_S = 15.0
"""A line says that the stream lives, so that proxies and readers know."""


async def events(booth: Booth, after: int | None, *, audience: bool) -> AsyncIterator[bytes]:
    """Changes of a session since number `after`, or a snapshot and what follows it."""
    reader, missed = booth.join(after, audience=audience)
    try:
        for sent in missed:
            yield event(sent)
        async for piece in _beating(reader):
            yield event(piece) if piece else b": \n\n"
    finally:
        booth.leave(reader)


async def sound(readers: Readers) -> AsyncIterator[bytes]:
    """PCM16 as it is said."""
    reader, _ = readers.join()
    try:
        async for piece in reader:
            yield piece.data
    finally:
        readers.leave(reader)


def event(sent: Sent) -> bytes:
    """One numbered event."""
    return b"id: %d\ndata: %s\n\n" % (sent.number, sent.data)


async def _beating(reader: Reader) -> AsyncIterator[Sent | None]:
    """What the reader is told, and None when nothing came for a while."""
    pieces = aiter(reader)
    waiting: asyncio.Future[Sent] | None = None
    try:
        while True:
            waiting = waiting or asyncio.ensure_future(anext(pieces))
            done, _ = await asyncio.wait({waiting}, timeout=BEAT_S)
            if not done:
                yield None
                continue
            try:
                yield waiting.result()
            except StopAsyncIteration:
                return
            waiting = None
    finally:
        if waiting:
            waiting.cancel()
