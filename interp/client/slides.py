"""A document as the messages that show it."""

from collections.abc import Iterator

from interp.wire.messages import ShowSlide

PART_BYTES = 128 * 1024
"""Below what a server takes in one request."""


def slide_messages(content: bytes, page: int = 0) -> Iterator[ShowSlide]:
    """A PDF or an image, in parts. page: the one that is up; 0: all."""
    starts = range(0, len(content), PART_BYTES)
    for start in starts:
        yield ShowSlide(content[start : start + PART_BYTES], page, more=start != starts[-1])
