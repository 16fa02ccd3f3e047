"""Slides through a real server: beside the audio, and in its words from then on."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from interp.client.client import connect
from interp.client.slides import PART_BYTES, slide_messages
from interp.core.errors import InterpError
from interp.core.events import Expect
from interp.core.glossary import Term
from interp.serve.slides import Listener, SlideReaders, SlideShow
from interp.slides.deck import MOST_BYTES, Deck, bad_slide
from interp.wire.messages import Body, Control, ShowSlide, SlideRead
from tests.fakes.replica import FakeReplica
from tests.serve.gateway import CHUNK, CONFIG, eventually, serving
from tests.slides.drawn import drawn, encoded

DECK = Deck((("near Debrecen", "they say efflorescence"), ("Skye and Lundy",)))


class Show:
    """A slide show over a scripted reader: a document is read when it may be."""

    def __init__(self) -> None:
        self.may = asyncio.Event()
        self.read: list[bytes] = []
        self.controls: list[Control] = []
        self.told: list[SlideRead] = []
        self.slides = SlideShow(
            SlideReaders(self._read), Listener(self.controls.append, self.told.append)
        )

    async def __aenter__(self) -> "Show":
        self._task = asyncio.ensure_future(self.slides.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()

    async def _read(self, content: bytes) -> Deck:
        self.read.append(content)
        await self.may.wait()
        if content == b"bad":
            raise bad_slide("not a slide")
        return DECK


async def test_a_page_is_expected_and_its_names_are_proposed() -> None:
    async with Show() as show:
        show.may.set()
        show.slides.show(ShowSlide(b"one", 1))
        await eventually(lambda: bool(show.told))
    assert show.controls == [Expect(("efflorescence", "Debrecen"))]
    assert show.told == [
        SlideRead(("efflorescence", "Debrecen"), (Term("Debrecen", "Debrecen"),), 2)
    ]


async def test_pages_turn_without_reading_again_and_nothing_is_up_in_the_end() -> None:
    async with Show() as show:
        show.may.set()
        for count, message in enumerate(
            (ShowSlide(b"one", 1), ShowSlide(page=2), ShowSlide(), ShowSlide(page=1)), 1
        ):
            show.slides.show(message)
            await eventually(lambda count=count: len(show.told) == count)  # type: ignore[misc]
    assert show.read == [b"one"]
    assert show.controls[1:] == [Expect(("Skye", "Lundy")), Expect(())]
    assert "no document" in show.told[-1].problem


async def test_of_those_that_come_while_one_is_read_the_newest_counts() -> None:
    async with Show() as show:
        show.slides.show(ShowSlide(b"one"))
        await eventually(lambda: show.read == [b"one"])
        show.slides.show(ShowSlide(b"two"))
        show.slides.show(ShowSlide(b"thr", more=True))
        show.slides.show(ShowSlide(b"ee"))
        show.slides.show(ShowSlide(page=2))
        show.may.set()
        await eventually(lambda: len(show.told) == 2)
    assert show.read == [b"one", b"three"]
    assert show.told[1].expected == ("Skye", "Lundy")


async def test_what_is_taken_down_before_it_was_read_is_not_expected() -> None:
    async with Show() as show:
        show.slides.show(ShowSlide(b"one"))
        await eventually(lambda: show.read == [b"one"])
        show.slides.show(ShowSlide(b"two"))
        show.slides.show(ShowSlide())
        show.may.set()
        await eventually(lambda: len(show.told) == 2)
    assert show.read == [b"one"]
    assert show.controls[-1] == Expect(())


async def test_what_cannot_be_read_is_said_and_changes_nothing() -> None:
    async with Show() as show:
        show.may.set()
        show.slides.show(ShowSlide(b"bad"))
        await eventually(lambda: bool(show.told))
    assert show.told == [SlideRead(problem="not a slide")]
    assert show.controls == []


def test_a_document_without_end_is_refused() -> None:
    slides = SlideShow(SlideReaders(), Listener(lambda _: None, lambda _: None))
    slides.show(ShowSlide(bytes(MOST_BYTES), more=True))
    with pytest.raises(InterpError, match="16 MiB"):
        slides.show(ShowSlide(b"x", more=True))


def test_a_client_cuts_a_document_into_messages() -> None:
    content = bytes(range(256)) * (PART_BYTES // 256 * 2 + 1)
    parts = list(slide_messages(content, 3))
    assert b"".join(part.content for part in parts) == content
    assert [part.more for part in parts] == [True, True, False]
    assert {part.page for part in parts} == {3}


async def test_a_picture_is_read_while_the_audio_goes_on() -> None:
    """With the process that reads, and a replica that takes what is expected."""
    seen = asyncio.Event()
    replica = FakeReplica()
    bodies: list[Body] = []

    async def feed() -> AsyncIterator[bytes | ShowSlide]:
        for part in slide_messages(encoded(drawn(["near Debrecen"]), "PNG")):
            yield part
        while not seen.is_set():
            yield CHUNK
            await asyncio.sleep(0.1)

    async with serving(replica) as gateway, connect(gateway.address) as client:
        async for body in client.interpret(CONFIG, feed()):
            bodies.append(body)
            if isinstance(body, SlideRead):
                seen.set()
    (read,) = [body for body in bodies if isinstance(body, SlideRead)]
    assert read == SlideRead(("Debrecen",), (Term("Debrecen", "Debrecen"),), 1)
