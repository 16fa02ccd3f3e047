"""What a speaker shows: collected, read beside the audio, then expected to be heard."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from interp.core.errors import InvalidRequest
from interp.core.events import Expect
from interp.core.glossary import Term
from interp.slides.deck import MOST_BYTES, Deck, bad_slide
from interp.slides.reader import read_deck
from interp.slides.terms import SlideTerms, terms_of
from interp.wire.messages import Control, ShowSlide, SlideRead

READERS = 2
"""Documents of all sessions that are read at a time; each takes a process."""


class SlideReaders:
    """Of a gateway. read: raises InvalidRequest(BAD_SLIDE)."""

    def __init__(self, read: Callable[[bytes], Awaitable[Deck]] = read_deck) -> None:
        self._read, self._free = read, asyncio.Semaphore(READERS)

    async def read(self, content: bytes) -> Deck:
        """A document, in its turn. Raises InvalidRequest(BAD_SLIDE)."""
        async with self._free:
            return await self._read(content)


@dataclass(frozen=True, slots=True)
class Listener:
    """Of one stream. control: takes what is expected now, and may raise InterpError. notify: tells
    the client of it."""

    control: Callable[[Control], None]
    notify: Callable[[SlideRead], None]

    def hear(self, read: SlideRead) -> None:
        """What a slide says is expected from now on."""
        self.control(Expect(read.expected))
        self.notify(read)

    def refuse(self, error: InvalidRequest) -> None:
        """Nothing can be read."""
        self.notify(SlideRead(problem=error.message))


class SlideShow:
    """Of one stream. One document is read at a time; of those that come meanwhile the newest
    counts."""

    def __init__(self, readers: SlideReaders, listener: Listener) -> None:
        self._readers, self._listener = readers, listener
        self._parts = bytearray()
        self._wanted: ShowSlide | None = None
        self._due = asyncio.Event()
        self._deck: Deck | None = None

    def show(self, message: ShowSlide) -> None:
        """Take a message. Raises InvalidRequest(BAD_SLIDE) for a document of too many bytes."""
        self._parts += message.content
        if len(self._parts) > MOST_BYTES:
            raise bad_slide(f"a document has at most {MOST_BYTES // 2**20} MiB")
        if message.more:
            return
        content = bytes(self._parts)
        self._parts.clear()
        if message.page and not content and self._wanted:
            content = self._wanted.content  # another page of what waits to be read
        self._wanted = ShowSlide(content, message.page)
        self._due.set()

    async def run(self) -> None:
        """Read what is shown, for as long as the stream lasts. Raises InterpError of the
        listener."""
        while True:
            await self._due.wait()
            self._due.clear()
            wanted, self._wanted = self._wanted, None
            assert wanted, "what is due is wanted"
            try:
                read = await self._seen(wanted)
            except InvalidRequest as error:
                self._listener.refuse(error)
                continue
            self._listener.hear(read)

    async def _seen(self, wanted: ShowSlide) -> SlideRead:
        """What is to be expected of it. Raises InvalidRequest(BAD_SLIDE)."""
        if wanted.content:
            self._deck = await self._readers.read(wanted.content)
        elif not wanted.page:
            self._deck = None
            return SlideRead()
        if self._deck is None:
            raise bad_slide("a page is shown of no document")
        return slide_read(terms_of(self._deck.lines(wanted.page)), len(self._deck.pages))


def slide_read(terms: SlideTerms, pages: int) -> SlideRead:
    """What a client is told of the terms of a slide."""
    proposed = tuple(Term(name, name) for name in terms.names)
    return SlideRead(terms.expected, proposed, pages)
