"""The picture beside a stream's audio, read as slides."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import replace

import pytest

from interp.client.client import connect
from interp.core.errors import InvalidRequest
from interp.core.events import Expect
from interp.core.glossary import Term
from interp.intake.format import AudioFormat, Encoding
from interp.serve.picture import (
    LEAST_BYTES,
    MOST_WAITING_BYTES,
    READERS,
    Picture,
    PictureReaders,
)
from interp.serve.slides import Listener
from interp.slides.deck import Shown
from interp.wire.messages import AudioMessage, Body, Control, SlideRead
from tests.fakes.replica import FakeReplica
from tests.serve.gateway import CONFIG, eventually, serving, text_of
from tests.slides.drawn import drawn, webm

WEBM = AudioFormat(Encoding.WEBM_OPUS, picture=True)


class Watched:
    """A picture over a scripted reader, which finds a slide in each piece that is no `more`."""

    def __init__(self, readers: PictureReaders | None = None) -> None:
        self.pieces: list[bytes] = []
        self.controls: list[Control] = []
        self.told: list[SlideRead] = []
        self.picture = Picture(
            readers or PictureReaders(self._read),
            Listener(self.controls.append, self.told.append),
        )

    async def _read(self, pieces: AsyncIterator[bytes]) -> AsyncGenerator[Shown, None]:
        async for piece in pieces:
            self.pieces.append(piece)
            yield Shown(0, (f"near {piece.decode()}",))


async def test_what_comes_up_is_expected_and_told_and_what_comes_twice_is_taken_once() -> None:
    watched = Watched()
    for sequence, name in ((1, b"Debrecen"), (1, b"Debrecen"), (2, b"Caldas")):
        watched.picture.feed(AudioMessage(sequence, None, name))
    reading = asyncio.ensure_future(watched.picture.run())
    await eventually(lambda: len(watched.told) == 2)
    reading.cancel()
    assert watched.pieces == [b"Debrecen", b"Caldas"]
    assert watched.controls == [Expect(("Debrecen",)), Expect(("Caldas",))]
    assert watched.told[0] == SlideRead(("Debrecen",), (Term("Debrecen", "Debrecen"),), 1)


async def test_a_reader_that_does_not_keep_up_is_given_up_and_nothing_is_kept() -> None:
    watched = Watched()
    for _ in range(3):
        watched.picture.feed(AudioMessage(0, None, bytes(MOST_WAITING_BYTES // 2)))
    await watched.picture.run()
    (told,) = watched.told
    assert "more to read than slides do" in told.problem
    watched.picture.feed(AudioMessage(0, None, b"Debrecen"))
    await watched.picture.run()
    assert watched.pieces == []


async def test_messages_of_a_byte_are_not_kept_without_end() -> None:
    watched = Watched()
    for _ in range(MOST_WAITING_BYTES // LEAST_BYTES + 1):
        watched.picture.feed(AudioMessage(0, None, b"."))
    await watched.picture.run()
    assert watched.pieces == []


async def test_so_many_are_read_at_a_time_and_others_are_told() -> None:
    begun = 0

    async def read(pieces: AsyncIterator[bytes]) -> AsyncGenerator[Shown, None]:
        nonlocal begun
        begun += 1
        async for _ in pieces:
            yield Shown(0, ())

    readers = PictureReaders(read)
    running = [asyncio.ensure_future(Watched(readers).picture.run()) for _ in range(READERS)]
    await eventually(lambda: begun == READERS)
    late = Watched(readers)
    await late.picture.run()
    assert "being read" in late.told[0].problem
    for each in running:
        each.cancel()
    await asyncio.wait(running)
    running = [asyncio.ensure_future(Watched(readers).picture.run())]
    await eventually(lambda: begun == READERS + 1)
    running[0].cancel()


@pytest.mark.parametrize("encoding", [each for each in Encoding if each is not Encoding.WEBM_OPUS])
def test_only_a_webm_stream_has_a_picture(encoding: Encoding) -> None:
    with pytest.raises(InvalidRequest, match="picture"):
        AudioFormat(encoding, picture=True)


@pytest.mark.parametrize("wanted", [True, False])
async def test_the_picture_of_a_stream_is_read_where_that_is_asked_for(wanted: bool) -> None:
    """With the process that reads, and words for all of the audio."""
    data = webm([drawn(["near Debrecen"])], 4)
    seen = asyncio.Event()
    bodies: list[Body] = []

    async def feed() -> AsyncIterator[bytes]:
        for start in range(0, len(data), 4000):
            yield data[start : start + 4000]
        if wanted:
            await seen.wait()

    config = replace(CONFIG, audio=replace(WEBM, picture=wanted))
    async with serving(FakeReplica()) as gateway, connect(gateway.address) as client:
        async for body in client.interpret(config, feed()):
            bodies.append(body)
            if isinstance(body, SlideRead):
                seen.set()
    read = [body for body in bodies if isinstance(body, SlideRead)]
    assert read == [SlideRead(("Debrecen",), (Term("Debrecen", "Debrecen"),), 1)] * wanted
    assert len(text_of(bodies).split()) == 40
