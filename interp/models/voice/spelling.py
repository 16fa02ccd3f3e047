"""A written word, as it comes from a translator, as words of plain letters and a mark."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from interp.core.sentences import SENTENCE_ENDS

MARKS = ",;:.?!"


@dataclass(frozen=True, slots=True)
class Spelling:
    """words: of the language's letters. mark: one of MARKS after the last, or none."""

    words: tuple[str, ...]
    mark: str

    @property
    def ends_sentence(self) -> bool:
        """A full stop, question mark or exclamation mark follows."""
        return self.mark in SENTENCE_ENDS


Spell: TypeAlias = Callable[[str], Spelling]
"""A language's way with one written word; what cannot be spoken is left out."""
