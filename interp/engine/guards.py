"""What is not written yet, whatever a policy says: a repetition that has not come to its end.

What was said three times is written three times; a model that has lost its way repeats itself too,
and does not stop. Which of the two it is shows by what follows.
"""

from collections.abc import Sequence
from dataclasses import replace

from interp.core.translator import Hypothesis

ROUNDS = 2  # that are written before the end of a repetition was seen
MOST_WORDS = 8  # in a round


def believable(hypothesis: Hypothesis, written: Sequence[str]) -> Hypothesis:
    """The part of a hypothesis that may be written after `written`."""
    if hypothesis.finished:
        return hypothesis
    words = [*written, *(word.text for word in hypothesis.words)]
    keep = max(0, len(words) - unsettled(words) - len(written))
    return replace(hypothesis, words=hypothesis.words[:keep])


def unsettled(words: Sequence[str]) -> int:
    """How many words at the end only repeat what stands before them, beyond ROUNDS rounds."""
    for size in range(1, min(MOST_WORDS, len(words) // (ROUNDS + 1)) + 1):
        repeated = 0
        while repeated < len(words) - size and words[-1 - repeated] == words[-1 - repeated - size]:
            repeated += 1
        if repeated >= ROUNDS * size:
            return repeated - (ROUNDS - 1) * size
    return 0
