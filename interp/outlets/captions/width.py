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


def runs_left(line: str) -> bool:
    """Whether it has letters of a script that runs from right to left."""
    return any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in line)


def directed(line: str) -> str:
    """Such a line marked at both ends, so that its stops stand on the left; others as they are."""
    return f"{_MARK}{line}{_MARK}" if runs_left(line) else line
