"""Documents and videos through the process that reads them, hostile ones too."""

import asyncio
import struct
import sys
import zlib
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from interp.core.errors import InterpError, InvalidRequest, Reason
from interp.slides.deck import MOST_BYTES
from interp.slides.reader import read_deck, read_stream, read_video
from tests.slides.drawn import drawn, encoded, text_pdf, video, webm

ROOT = Path(__file__).parents[2]
LINES = ("Saving the azulejos", "by Benedita Quaresma")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
async def test_a_picture_is_a_page_of_the_lines_in_it(kind: str) -> None:
    deck = await read_deck(encoded(drawn(LINES), kind))
    assert deck.pages == (LINES,)


async def test_a_pdf_gives_the_text_of_its_pages_and_reads_those_that_have_none() -> None:
    deck = await read_deck(
        text_pdf(["Flood forecasting in the Tisza basin", "Two gauges at Tokaj"])
    )
    assert deck.pages == (("Flood forecasting in the Tisza basin",), ("Two gauges at Tokaj",))
    assert deck.lines(2) == ("Two gauges at Tokaj",)
    assert deck.lines(0) == (*deck.pages[0], *deck.pages[1])
    assert (await read_deck(encoded(drawn(LINES), "PDF"))).pages == (LINES,)


async def test_a_page_that_is_not_there_is_refused() -> None:
    deck = await read_deck(text_pdf(["Only one page of text"]))
    with pytest.raises(InterpError, match="no such page: the document has 1"):
        deck.lines(2)


def bomb(width: int, height: int) -> bytes:
    """A PNG that says it is this large."""
    parts = b"\x89PNG\r\n\x1a\n"
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    for kind, data in (
        (b"IHDR", head),
        (b"IDAT", zlib.compress(b"\0" * 10_000_000)),
        (b"IEND", b""),
    ):
        check = zlib.crc32(kind + data)
        parts += struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)
    return parts


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no PDF, PNG"),
        (b"GIF89a" + b"\0" * 100, "no PDF, PNG"),
        (b"%PDF-1.7\n" + b"<<" * 10_000, "cannot be read"),
        (encoded(drawn(LINES), "PNG")[:500], "no PDF, PNG"),
        (bomb(8_000, 6_000), "million pixels"),
        (bomb(60_000, 60_000), "million pixels"),
        (bytes(MOST_BYTES + 1), "16 MiB"),
        (text_pdf(["A page"] * 201), "200 pages"),
    ],
)
async def test_what_is_no_slide_is_refused_by_name(content: bytes, why: str) -> None:
    with pytest.raises(InterpError, match=why) as caught:
        await read_deck(content)
    assert caught.value.reason is Reason.BAD_SLIDE


async def test_a_damaged_document_never_does_more_than_be_refused() -> None:
    good = text_pdf(["Flood forecasting in the Tisza basin"])
    for place in range(20, len(good), len(good) // 4):
        bad = good[:place] + b"\xff\x00/Kids[" + good[place + 6 :]
        try:
            pages = (await read_deck(bad)).pages
        except InvalidRequest:
            continue
        assert len(pages) == 1


async def test_who_waits_no_longer_ends_the_reading() -> None:
    reading = asyncio.ensure_future(read_deck(encoded(drawn(LINES), "PNG")))
    await asyncio.sleep(0.2)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading


GREEDY = """
from interp.intake.confined import confine
confine(2**26, cpu_s=1, file_bytes=0)
try:
    bytearray(2**27)
except MemoryError:
    print("bounded", flush=True)
try:
    with open("file", "w") as file:
        file.write("x")
except OSError:
    print("no file", flush=True)
while True:
    pass
"""


async def test_a_reader_writes_no_file_and_has_bounded_memory_and_time(tmp_path: Path) -> None:
    script = tmp_path / "greedy.py"
    script.write_text(GREEDY)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        script,
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    assert output.split(b"\n")[:2] == [b"bounded", b"no file"]
    assert process.returncode, "killed for its time"


async def test_the_slides_of_a_video_come_with_the_moment_they_are_up(tmp_path: Path) -> None:
    path = tmp_path / "talk.mkv"
    video([drawn(LINES), drawn(["Workshops in Caldas"])], 5, str(path))
    found = [(shown.at_ms, shown.lines) async for shown in read_video(path)]
    assert found == [(0, LINES), (5000, ("Workshops in Caldas",))]


async def test_a_file_without_a_picture_is_refused() -> None:
    talk = Path(__file__).parents[1] / "data/fr/vm-invalidpassword.flac"
    with pytest.raises(InterpError, match="no picture"):
        [shown async for shown in read_video(talk)]


async def pieces(data: bytes, size: int = 4000) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


@pytest.mark.parametrize("codec", ["libvpx", "libvpx-vp9"])
async def test_the_slides_of_a_stream_are_read_as_it_comes(codec: str) -> None:
    data = webm([drawn(LINES), drawn(["Workshops in Caldas"])], 5, codec)
    found = [shown.lines async for shown in read_stream(pieces(data))]
    assert found == [LINES, ("Workshops in Caldas",)]


async def test_a_slide_is_read_before_the_stream_has_ended() -> None:
    data, seen = webm([drawn(LINES)], 5), asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        async for piece in pieces(data):
            yield piece
        await seen.wait()

    async for shown in read_stream(endless()):
        assert shown.lines == LINES
        seen.set()


@pytest.mark.parametrize("codec", ["libx264", "mpeg4"])
async def test_nothing_but_vp8_and_vp9_is_decoded(codec: str) -> None:
    data = webm([drawn(LINES)], 5, codec, "matroska")
    with pytest.raises(InvalidRequest, match="no picture"):
        [shown async for shown in read_stream(pieces(data))]


@pytest.mark.parametrize("data", [b"", bytes(100_000), b"\x1aE\xdf\xa3" + b"\xff" * 100_000])
async def test_what_is_no_stream_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidRequest):
        [shown async for shown in read_stream(pieces(data))]


async def test_a_damaged_stream_never_does_more_than_be_refused() -> None:
    good = webm([drawn(LINES)], 4)
    place = len(good) // 2
    bad = good[:place] + b"\xff\x00\xff\xff\xff\xff" * 20 + good[place + 120 :]
    found = []
    with suppress(InvalidRequest):
        async for shown in read_stream(pieces(bad)):
            found.append(shown.lines)
    assert found[0] == LINES
    assert len(found) <= 2
