"""What a model may not make us write: loops."""

from collections.abc import Sequence
from dataclasses import replace

from interp.core.translator import Hypothesis

LOOP_REPEATS = 3
LOOP_MAX_WORDS = 8


def believable(hypothesis: Hypothesis, written: Sequence[str]) -> Hypothesis:
    """The part of a hypothesis that may be written after `written`."""
    words = hypothesis.words
    keep = loop_start([*written, *(word.text for word in words)], len(written))
    return hypothesis if keep is None else replace(hypothesis, words=words[:keep], finished=True)


def loop_start(words: Sequence[str], written: int) -> int | None:
    """How many words after the written ones stand before a loop's third round; None: no loop."""
    for end in range(written + 1, len(words) + 1):
        for size in range(1, LOOP_MAX_WORDS + 1):
            first = end - size * LOOP_REPEATS
            if first < 0:
                break
            rounds = {tuple(words[i : i + size]) for i in range(first, end, size)}
            if len(rounds) == 1:
                return max(0, end - size - written)
    return None
