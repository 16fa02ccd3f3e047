"""A file as FFmpeg is given it: a place that is not in it is refused, not an exception.

An empty file and damage make FFmpeg look before the beginning of a file and beyond what any file
has. PyAV prints what such a seek raises, and raises it in place of what FFmpeg makes of a refusal.
"""

import io
from typing import BinaryIO

REFUSED = -1
"""What FFmpeg takes for a seek that failed."""


class Tape:
    """Reads and winds a file; what PyAV asks of a file object."""

    def __init__(self, file: BinaryIO) -> None:
        self.name = file.name
        self._file = file

    def read(self, size: int) -> bytes:
        """At most so many of the next bytes; none at the end. Raises OSError."""
        return self._file.read(size)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """The new place from the beginning, bytes; REFUSED where there is none."""
        try:
            return self._file.seek(offset, whence)
        except (OSError, ValueError, OverflowError):
            return REFUSED

    def tell(self) -> int:
        """The place from the beginning, bytes."""
        return self._file.tell()
