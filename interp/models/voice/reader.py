"""How a voice reads: words to the symbols of its text row, as it was taught."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from interp.models.voice.pieces import load_pieces
from interp.models.voice.pronouncer import load_pronouncer


class Reader(Protocol):
    """A `Pronouncer` (phoneme symbols) or `Pieces` (word pieces)."""

    def say(self, words: Sequence[str]) -> Sequence[Sequence[str]]:
        """Symbols of each word, which is of letters and the apostrophe and not empty."""


def load_reader(path: Path) -> Reader:
    """A sentencepiece model (`.model`), or else a pronouncer; raises as either does."""
    return load_pieces(path) if path.suffix == ".model" else load_pronouncer(path)
