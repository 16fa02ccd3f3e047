"""What `--slides` shows: a PDF or an image for the whole talk, or what a video's picture shows."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path

from interp.core.events import Expect
from interp.engine.recording import Cue
from interp.slides.reader import read_deck, read_video
from interp.slides.terms import terms_of

_HEAD_BYTES = 16


def is_document(file: Path) -> bool:
    """Whether a file is a PDF or an image, by its first bytes. Raises OSError."""
    with file.open("rb") as opened:
        head = opened.read(_HEAD_BYTES)
    webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    return webp or head.startswith((b"%PDF-", b"\x89PNG", b"\xff\xd8\xff"))


def cues_of(file: Path) -> list[Cue]:
    """What is to be expected when. Raises OSError, InvalidRequest(BAD_SLIDE)."""
    if not is_document(file):
        return asyncio.run(_all(video_cues(file)))
    deck = asyncio.run(read_deck(file.read_bytes()))
    return [Cue(0, Expect(terms_of(deck.lines(0)).expected))]


async def _all(cues: AsyncIterator[Cue]) -> list[Cue]:
    return [cue async for cue in cues]


async def video_cues(file: Path) -> AsyncGenerator[Cue, None]:
    """The slides of a video, as they are found. Raises OSError, InvalidRequest(BAD_SLIDE)."""
    async for shown in read_video(file):
        yield Cue(shown.at_ms, Expect(terms_of(shown.lines).expected))
