"""A Firefox student as a teacher: sentences, what they are in its other language, and which word
each of its words reads."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch

from interp.models.catalog import CATALOGUE
from interp.models.marian.lane import WriteStep
from interp.models.marian.loading import load_student
from training.weights import store

EVERYTHING = 1_000_000
"""More words than a sentence has."""
TOGETHER = 32


@dataclass(frozen=True, slots=True)
class Translation:
    """text: of whole words. reads: the source word that each of them stands for, by its place."""

    text: str
    reads: tuple[int, ...]


class Teacher(Protocol):
    """Whoever translates. pair: source and target language. licence: of what it writes."""

    pair: tuple[str, str]
    licence: str

    def translate(self, sentences: Sequence[str]) -> Iterator[Translation]:
        """One translation a sentence, in order."""


class StudentTeacher:
    """A `Teacher` on a student of the catalogue."""

    def __init__(self, name: str = "firefox-en-pt") -> None:
        """Raises WeightsError where it is not on this machine."""
        model = next(each for each in CATALOGUE if each.name == name)
        assert model.pair, f"{name} translates text"
        self.pair, self.licence = model.pair, f"{name}, {model.licence}"
        files = store().open(name)
        self._student = load_student(files, device=torch.device("cpu"))

    def translate(self, sentences: Sequence[str]) -> Iterator[Translation]:
        """As Teacher.translate."""
        for first in range(0, len(sentences), TOGETHER):
            words = [sentence.split() for sentence in sentences[first : first + TOGETHER]]
            steps = [
                WriteStep(self._student.init_state(), reading, 0, EVERYTHING)
                for reading in self._student.read(words)
            ]
            for read, one in zip(words, self._student.write(steps), strict=True):
                found = one.found.words
                reads = tuple(min(word.reads, len(read) - 1) for word in found)
                text = "".join(word.text for word in found).strip()
                yield Translation(text, reads if len(text.split()) == len(reads) else ())


def turned(reads: Sequence[int], words: int) -> tuple[int, ...]:
    """An alignment seen from its other side: for each of `words` source words the last target word
    that reads it, or that the word before it had; none where there is none."""
    if not reads:
        return ()
    found, latest = [], 0
    for word in range(words):
        places = [place for place, read in enumerate(reads) if read == word]
        latest = places[-1] if places else latest
        found.append(latest)
    return tuple(found)
