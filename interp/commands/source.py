"""What `interp stream` sends: a file, or what comes on standard input, as PCM16 in chunks."""

import asyncio
import io
import itertools
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias, TypeVar

import numpy as np

from interp.core.audio import SOURCE_RATE_HZ, Samples
from interp.intake.file import about, heard, opened
from interp.intake.signature import LONG_BYTES, SHORT_BYTES, is_file_format, may_be_frames
from interp.intake.timeline import Note

SAMPLE_BYTES = 2
PIPE_AHEAD_MS = 3_000
"""A pipe may be so far ahead of its time before it is held back; a live one never is."""
_WAITING_CHUNKS = 16

Chunk: TypeAlias = bytes | Note
ItemT = TypeVar("ItemT", bytes, Chunk)


@dataclass(frozen=True, slots=True)
class Source:
    """Chunks of PCM16 at rate_hz, and notes. live: they may come in their own time."""

    rate_hz: int
    chunks: Iterator[Chunk]
    live: bool


def file_source(path: Path, track: int | None, chunk_ms: int) -> Source:
    """A file, whatever its format. Raises OSError, InvalidRequest."""
    notes = (Note(text, 0) for text in about(path, track).notes)
    pieces = itertools.chain(notes, map(_pcm16, _heard(path, track)))
    return Source(SOURCE_RATE_HZ, _cut(pieces, SOURCE_RATE_HZ, chunk_ms), live=False)


def _heard(path: Path, track: int | None) -> Iterator[Samples | Note]:
    with path.open("rb") as file, opened(file) as container:
        yield from heard(file, container, track)


async def pipe_source(pipe: io.BufferedReader, rate_hz: int, chunk_ms: int) -> Source:
    """What comes through a pipe: a file's bytes, told by its header, else samples at rate_hz."""
    head = await anext(_in_thread(_head(pipe) for _ in range(1)))
    if is_file_format(head):
        rest = _Live(head, pipe)
        pieces = map(_pcm16, heard(rest, opened(rest), None))
        return Source(SOURCE_RATE_HZ, _cut(pieces, SOURCE_RATE_HZ, chunk_ms), live=True)
    size = rate_hz * chunk_ms // 1000 * SAMPLE_BYTES
    return Source(rate_hz, _whole_samples(_raw(head, pipe, size)), live=True)


def _head(pipe: io.BufferedReader) -> bytes:
    """As much as it takes to tell a file from bare samples."""
    head = pipe.read(SHORT_BYTES)
    return head + pipe.read(LONG_BYTES - len(head)) if may_be_frames(head) else head


async def feed(source: Source, chunk_ms: int, told: Callable[[str], None]) -> AsyncIterator[bytes]:
    """Chunks in their time: a file's as they would be spoken, a pipe's no faster than that.

    told: called with what a person should know.
    """
    loop = asyncio.get_running_loop()
    started_s, sent, held = loop.time(), 0, False
    ahead_ms = PIPE_AHEAD_MS if source.live else 0
    async for chunk in _in_thread(source.chunks):
        if isinstance(chunk, Note):
            told(str(chunk))
            continue
        sent += 1
        wait_s = started_s + (sent * chunk_ms - ahead_ms) / 1000 - loop.time()
        if wait_s > 0:
            if source.live and not held:
                held = True
                told("faster than speech: sent at its speed; `interp translate` takes a file whole")
            await asyncio.sleep(wait_s)
        yield chunk


class _Live:
    """A pipe whose first bytes were read already, given on as they come."""

    def __init__(self, head: bytes, pipe: io.BufferedReader) -> None:
        self._head, self._pipe = head, pipe

    def read(self, size: int) -> bytes:
        """What there is, up to `size`."""
        part, self._head = self._head[:size], self._head[size:]
        return part or self._pipe.read1(size)


def _raw(head: bytes, pipe: io.BufferedReader, size: int) -> Iterator[bytes]:
    """All bytes in chunks of `size`; the last may be shorter."""
    waiting = head
    while more := pipe.read(size - len(waiting) % size):
        waiting += more
        whole = len(waiting) // size * size
        yield from (waiting[n : n + size] for n in range(0, whole, size))
        waiting = waiting[whole:]
    if waiting:
        yield waiting


def _pcm16(piece: Samples | Note) -> Chunk:
    if isinstance(piece, Note):
        return piece
    return np.clip((piece * 32768).round(), -32768, 32767).astype("<i2").tobytes()


def _cut(pieces: Iterable[Chunk], rate_hz: int, chunk_ms: int) -> Iterator[Chunk]:
    """The same bytes in chunks of one size; the last may be shorter."""
    size, waiting = rate_hz * chunk_ms // 1000 * SAMPLE_BYTES, bytearray()
    for piece in pieces:
        if isinstance(piece, Note):
            yield piece
            continue
        waiting += piece
        while len(waiting) >= size:
            yield bytes(waiting[:size])
            del waiting[:size]
    if waiting:
        yield bytes(waiting)


def _whole_samples(chunks: Iterable[bytes]) -> Iterator[Chunk]:
    """Raw chunks, each of whole samples; half a sample at the end is no sound."""
    odd = b""
    for chunk in chunks:
        chunk = odd + chunk
        whole = len(chunk) // SAMPLE_BYTES * SAMPLE_BYTES
        odd = chunk[whole:]
        if whole:
            yield chunk[:whole]


async def _in_thread(items: Iterator[ItemT]) -> AsyncIterator[ItemT]:
    """An iterator that may block, read ahead by a few items in a thread of its own.

    The thread may wait for a pipe for ever; it ends with the process.
    """
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[ItemT | BaseException | None] = asyncio.Queue()
    room = threading.Semaphore(_WAITING_CHUNKS)

    def put(item: ItemT | BaseException | None) -> None:
        room.acquire()
        with suppress(RuntimeError):  # the loop has closed: nobody waits any more
            loop.call_soon_threadsafe(queue.put_nowait, item)

    def read() -> None:
        try:
            for item in items:
                put(item)
            put(None)
        except Exception as error:  # noqa: BLE001  raised again where the items are wanted
            put(error)

    threading.Thread(target=read, name="audio-source", daemon=True).start()
    while (item := await queue.get()) is not None:
        room.release()
        if isinstance(item, BaseException):
            raise item
        yield item
