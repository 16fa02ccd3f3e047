"""The guard against text that repeats itself without end."""

from collections.abc import Sequence

TIMES = 3
FEWEST_TOKENS = 8  # a shorter run ("no, no, no") may well be what was said


def looped_tokens(tokens: Sequence[int]) -> int:
    """How many tokens at the end only repeat what stands before them; 0 where there is no loop.

    A loop is a run of equal groups of tokens, at least three of them and eight tokens in all.
    """
    for length in range(1, len(tokens) // TIMES + 1):
        times = max(TIMES, -(-FEWEST_TOKENS // length))
        run = times * length
        if run > len(tokens):
            continue
        group = tokens[-length:]
        if all(tokens[-run + i] == group[i % length] for i in range(run)):
            return run - length
    return 0
