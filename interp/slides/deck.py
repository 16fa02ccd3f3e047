"""A document as it was read."""

from dataclasses import dataclass

from interp.core.errors import InvalidRequest, Reason

MOST_BYTES = 16 * 2**20
"""Of a document."""


@dataclass(frozen=True, slots=True)
class Deck:
    """The lines of each page, from top to bottom."""

    pages: tuple[tuple[str, ...], ...]

    def lines(self, page: int) -> tuple[str, ...]:
        """Of one page, from 1; of all for 0. Raises InvalidRequest(BAD_SLIDE)."""
        if not 0 <= page <= len(self.pages):
            raise bad_slide(f"there is no such page: the document has {len(self.pages)}")
        if page:
            return self.pages[page - 1]
        return tuple(line for lines in self.pages for line in lines)


@dataclass(frozen=True, slots=True)
class Shown:
    """A slide of a video. at_ms: from when on, on the file's timeline."""

    at_ms: int
    lines: tuple[str, ...]


def bad_slide(message: str) -> InvalidRequest:
    """What cannot be read, or not at the cost of a slide."""
    return InvalidRequest(Reason.BAD_SLIDE, message)
