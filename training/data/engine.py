"""What a synthesis engine is: text in, speech and the times of its words out."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from interp.core.audio import Samples
from training.data.words import WordTime

PAUSES = frozenset(" ,.;:!?^$_")
"""Symbols among the phonemes that part words or stand for silence."""


@dataclass(frozen=True, slots=True)
class Speech:
    """One spoken text. words: one per blank-separated word of the text, times in samples."""

    samples: Samples
    rate_hz: int
    words: tuple[WordTime, ...]


class Engine(Protocol):
    """A voice. One object per process. licence: of its speech. packages: whose versions it depends
    on. repeats: the same text is the same speech, to the bit, each time."""

    name: str
    licence: str
    packages: tuple[str, ...]
    repeats: bool

    def say(self, text: str) -> Speech:
        """Speak one clean sentence."""


def phoneme_groups(sounds: Iterable[tuple[str, int]], at: int = 0) -> list[WordTime]:
    """Runs of phonemes between blanks: what espeak speaks as one word, often two (`of the`).

    sounds: each phoneme and its length in samples, the first from sample `at` on.
    """
    groups: list[WordTime] = []
    open_group = False
    for phoneme, samples in sounds:
        end = at + samples
        if phoneme in PAUSES:
            open_group = open_group and phoneme != " "
        elif open_group:
            last = groups[-1]
            groups[-1] = WordTime(last.text + phoneme, last.start_samples, end)
        else:
            groups.append(WordTime(phoneme, at, end))
            open_group = True
        at = end
    return groups
