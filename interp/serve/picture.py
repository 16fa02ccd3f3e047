"""The picture beside a stream's audio: read as slides in a process of its own, where asked for.

Reading never holds the audio back: what it cannot keep up with ends the reading, and nothing else.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from typing import TypeAlias

from interp.core.errors import InvalidRequest
from interp.serve.slides import Listener, slide_read
from interp.slides.deck import Shown, bad_slide
from interp.slides.reader import read_stream
from interp.slides.terms import terms_of
from interp.wire.messages import AudioMessage

READERS = 2
"""Pictures of all sessions that are read at a time; each takes a process, and memory for OCR."""
MOST_WAITING_BYTES = 8 * 2**20
"""Of a stream, that the reader has not taken yet."""
LEAST_BYTES = 1024
"""What a message counts at least: one of a byte takes room too."""

Reading: TypeAlias = Callable[[AsyncIterator[bytes]], AsyncGenerator[Shown, None]]


class PictureReaders:
    """Of a gateway. read: raises InvalidRequest(BAD_SLIDE)."""

    def __init__(self, read: Reading = read_stream) -> None:
        self._read, self._free = read, READERS

    async def read(self, pieces: AsyncIterator[bytes]) -> AsyncGenerator[Shown, None]:
        """The slides of a stream. Raises InvalidRequest(BAD_SLIDE), at once where all are busy."""
        if not self._free:
            raise bad_slide("as many pictures as can be are being read; show slides instead")
        self._free -= 1
        try:
            async with aclosing(self._read(pieces)) as found:
                async for shown in found:
                    yield shown
        finally:
            self._free += 1


class Picture:
    """Of one stream."""

    def __init__(self, readers: PictureReaders, listener: Listener) -> None:
        self._readers, self._listener = readers, listener
        self._pieces: asyncio.Queue[bytes] = asyncio.Queue()
        self._waiting_bytes = self._sequence = 0
        self._over = False

    def feed(self, message: AudioMessage) -> None:
        """A message that was heard; one that came twice is taken once."""
        if self._over or (message.sequence and message.sequence <= self._sequence):
            return
        self._sequence = message.sequence
        self._waiting_bytes += _room(message.content)
        if self._waiting_bytes <= MOST_WAITING_BYTES:
            self._pieces.put_nowait(message.content)

    async def run(self) -> None:
        """Read what comes, for as long as the stream lasts. Raises InterpError of the
        listener."""
        try:
            async with aclosing(self._readers.read(self._taken())) as found:
                async for shown in found:
                    self._listener.hear(slide_read(terms_of(shown.lines), 1))
            if self._waiting_bytes > MOST_WAITING_BYTES:
                raise bad_slide("the picture takes more to read than slides do")
        except InvalidRequest as error:
            self._listener.refuse(error)
        finally:
            self._over = True
            self._pieces = asyncio.Queue()

    async def _taken(self) -> AsyncIterator[bytes]:
        """The pieces in order. Ends where they are too many to be kept."""
        while self._waiting_bytes <= MOST_WAITING_BYTES:
            piece = await self._pieces.get()
            self._waiting_bytes -= _room(piece)
            yield piece


def _room(piece: bytes) -> int:
    return max(len(piece), LEAST_BYTES)
