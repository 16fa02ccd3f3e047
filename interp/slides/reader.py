"""Reads a document, a video or a stream in a process of its own, which may die of it."""

import asyncio
import importlib.util
import json
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from interp.slides.deck import MOST_BYTES, Deck, Shown, bad_slide

READ_WITHIN_S = 300.0
"""Wall time; processor time is limited before, where there is any to be had."""
ANSWER_BYTES = 4 * 2**20
SLIDE_BYTES = 2**18
"""Of what is said of one slide of a video."""
COMMAND = (sys.executable, "-m", "interp.slides.child")
NEEDS = ("pypdfium2", "rapidocr_onnxruntime", "PIL")


def can_read() -> bool:
    """Whether the extra `slides` is installed."""
    return all(importlib.util.find_spec(name) for name in NEEDS)


async def read_deck(content: bytes) -> Deck:
    """The text of a PDF or an image. Raises InvalidRequest(BAD_SLIDE)."""
    _check()
    if len(content) > MOST_BYTES:
        raise bad_slide(f"a document has at most {MOST_BYTES // 2**20} MiB")
    try:
        found = await _answer(content)
    except OSError as error:  # no process to be had
        raise bad_slide("slides cannot be read here now") from error
    if problem := found.get("problem"):
        raise bad_slide(problem)
    return Deck(tuple(tuple(lines) for lines in found["pages"]))


async def read_video(path: Path) -> AsyncIterator[Shown]:
    """The slides of a video, as they are found. Raises OSError, InvalidRequest(BAD_SLIDE)."""
    _check()
    pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    with path.open("rb") as file:
        child = await asyncio.create_subprocess_exec(
            *COMMAND, "video", stdin=file, stdout=pipe, stderr=nothing, limit=SLIDE_BYTES
        )
    try:
        async for shown in _shown(child):
            yield shown
    finally:
        await _end(child)


async def read_stream(pieces: AsyncIterator[bytes]) -> AsyncGenerator[Shown, None]:
    """The slides of a WebM stream, while its pieces come. Raises InvalidRequest(BAD_SLIDE)."""
    _check()
    pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    try:
        child = await asyncio.create_subprocess_exec(
            *COMMAND, "stream", stdin=pipe, stdout=pipe, stderr=nothing, limit=SLIDE_BYTES
        )
    except OSError as error:  # no process to be had
        raise bad_slide("slides cannot be read here now") from error
    feeding = asyncio.ensure_future(_feed(child, pieces))
    try:
        async for shown in _shown(child):
            yield shown
        if not feeding.done() or await child.wait():
            raise bad_slide("the picture takes more to read than slides do")
    finally:
        feeding.cancel()
        await _end(child)


async def _feed(child: asyncio.subprocess.Process, pieces: AsyncIterator[bytes]) -> None:
    assert child.stdin, "it is a pipe"
    with suppress(ConnectionError):  # it has ended, and said why
        async for piece in pieces:
            child.stdin.write(piece)
            await child.stdin.drain()
    child.stdin.close()


async def _shown(child: asyncio.subprocess.Process) -> AsyncIterator[Shown]:
    """What it finds. Raises InvalidRequest(BAD_SLIDE)."""
    assert child.stdout, "it is a pipe"
    try:
        async for line in child.stdout:
            found = json.loads(line)
            if problem := found.get("problem"):
                raise bad_slide(problem)
            yield Shown(found["at_ms"], tuple(found["lines"]))
    except ValueError as error:
        raise bad_slide("the picture takes more to read than slides do") from error


async def _end(child: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        child.kill()
    await child.wait()


def _check() -> None:
    if not can_read():
        raise bad_slide("slides cannot be read here: the extra `slides` is not installed")


async def _answer(content: bytes) -> dict[str, Any]:
    """What the child says. Raises InvalidRequest(BAD_SLIDE) where it does not."""
    pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    child = await asyncio.create_subprocess_exec(*COMMAND, stdin=pipe, stdout=pipe, stderr=nothing)
    assert child.stdin, "it is a pipe"
    assert child.stdout, "it is a pipe"
    try:
        async with asyncio.timeout(READ_WITHIN_S):
            with suppress(ConnectionError):
                child.stdin.write(content)
                await child.stdin.drain()
            child.stdin.close()
            await child.stdout.readexactly(ANSWER_BYTES)
    except asyncio.IncompleteReadError as error:  # it has an end, as it should
        with suppress(ValueError):
            answer: dict[str, Any] = json.loads(error.partial)
            return answer
    except TimeoutError:
        pass
    finally:
        await _end(child)
    raise bad_slide("the document takes more to read than a slide does")
