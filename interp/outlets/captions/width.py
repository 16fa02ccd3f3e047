"""How wide text is on a screen, and which way it runs. The one file that imports `wcwidth`."""

import unicodedata
from functools import lru_cache

import wcwidth

_RIGHT_TO_LEFT = ("R", "AL")
_MARK = "\N{RIGHT-TO-LEFT MARK}"


@lru_cache(maxsize=50_000)
def cells(text: str) -> int:
    """Half-width cells: a Chinese or Japanese character takes two, a combining mark none."""
    return max(0, wcwidth.wcswidth(text))


def is_wide(character: str) -> bool:
    """Whether lines may break beside it without a space."""
    return unicodedata.east_asian_width(character) in ("W", "F")


def directed(line: str) -> str:
    """A line with right-to-left letters, marked at both ends: its stops then stand on the left."""
    if any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in line):
        return f"{_MARK}{line}{_MARK}"
    return line
