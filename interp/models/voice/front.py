"""The front end of a voice: written words of its language to the symbols of its text row.

A language is a function that spells words out (`english.py`) and a reader that gives their sounds
(`reader.py`), which a voice brings along. A language that works otherwise is another `FrontEnd`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from interp.models.voice import english, portuguese
from interp.models.voice.reader import Reader, load_reader
from interp.models.voice.spelling import Spell

SPELLINGS: Mapping[str, Spell] = {
    "en": english.spelling,
    "pt": portuguese.spelling,
}
"""How each language that a voice can have, by its primary subtag, is spelled out."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One written word as it is said. symbols: of all it is spelled out to, blanks between, its
    mark last; empty where nothing can be spoken."""

    symbols: tuple[str, ...]
    ends_sentence: bool


class FrontEnd(Protocol):
    """Letters to symbols, in one language."""

    language: str

    def read(self, words: Sequence[str]) -> list[Reading]:
        """How each written word is said; a word comes whole, with the marks that follow it."""


class SpelledFront:
    """Spells words out and has the plain ones read, all at once."""

    def __init__(self, language: str, reader: Reader) -> None:
        """Raises ValueError for a language that has no spelling here."""
        if language not in SPELLINGS:
            raise ValueError(f"no voice reads {language}; known: {', '.join(sorted(SPELLINGS))}")
        self.language = language
        self._spell, self._reader = SPELLINGS[language], reader

    def read(self, words: Sequence[str]) -> list[Reading]:
        """As FrontEnd.read."""
        spellings = [self._spell(word) for word in words]
        said = iter(self._reader.say([part for each in spellings for part in each.words]))
        readings: list[Reading] = []
        for each in spellings:
            parts = [symbol for _ in each.words for symbol in (" ", *next(said))]
            readings.append(Reading((*parts[1:], *each.mark), each.ends_sentence))
        return readings


def load_front(path: Path, language: str) -> SpelledFront:
    """The front end with the reader in a file; raises as `load_reader` does."""
    return SpelledFront(language, load_reader(path))
