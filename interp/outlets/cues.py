"""Written words to captions: two lines of at most 42 characters, broken where speech breaks.

Line and reading limits follow the BBC subtitle guidelines (two lines, 37-42 characters).
"""

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from interp.core.events import TargetText, WrittenWord
from interp.core.sentences import ends_sentence

LINE_CHARACTERS = 42
CUE_LINES = 2
MIN_CUE_MS = 1000
MAX_CUE_MS = 7000


@dataclass(frozen=True, slots=True)
class Cue:
    """One caption. start_ms, end_ms: in the recording, when its words were spoken there."""

    start_ms: int
    end_ms: int
    lines: tuple[str, ...]


def wrap(text: str) -> list[str]:
    """Lines of at most 42 characters; a longer word gets a line of its own."""
    return textwrap.wrap(text, LINE_CHARACTERS, break_long_words=False, break_on_hyphens=False)


def cues(texts: Iterable[TargetText]) -> Iterator[Cue]:
    """Captions of a whole recording, in order and without overlap."""
    last_end_ms = 0
    for words in _groups(texts):
        start_ms = max(last_end_ms, words[0].source_start_ms)
        last_end_ms = max(start_ms + MIN_CUE_MS, words[-1].source_end_ms)
        yield Cue(start_ms, last_end_ms, tuple(wrap(_join(words))))


def _groups(texts: Iterable[TargetText]) -> Iterator[list[WrittenWord]]:
    group: list[WrittenWord] = []
    for text in texts:
        for word in text.words:
            if group and _full([*group, word]):
                yield group
                group = []
            group.append(word)
            if ends_sentence(word.text):
                yield group
                group = []
        if text.segment_ended and group:
            yield group
            group = []
    if group:
        yield group


def _full(words: list[WrittenWord]) -> bool:
    too_long = words[-1].source_end_ms - words[0].source_start_ms > MAX_CUE_MS
    return too_long or len(wrap(_join(words))) > CUE_LINES


def _join(words: Iterable[WrittenWord]) -> str:
    return "".join(word.text for word in words).strip()
