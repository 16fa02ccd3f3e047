"""Text that repeats itself: what may well have been said, and what never ends by itself.

A stretch of text repeats itself where few of its trigrams are distinct. Speakers do so too: what
tells a loop is that it follows nothing that is heard, or that it goes on for ever.
"""

from collections.abc import Sequence

SUSPECT_TOKENS = 14  # of which it is asked whether they were heard
SUSPECT = ((11, 3), (SUSPECT_TOKENS, 4))
"""Tokens at the end, and how few distinct trigrams of them are suspect: three rounds of three or of
four tokens, or more of fewer."""
ENDLESS = ((42, 10),)  # four rounds of ten tokens, or more of fewer


def is_repetitive(tokens: Sequence[int]) -> bool:
    """Whether a text ends in what may be the beginning of a loop."""
    return _repeated(tokens, SUSPECT) > 0


def is_endless(tokens: Sequence[int]) -> bool:
    """Whether a text ends in what no speaker goes on with for so long."""
    return _repeated(tokens, ENDLESS) > 0


def second_round(tokens: Sequence[int]) -> int:
    """Where the first repetition begins, of a text that is_repetitive or is_endless."""
    trigrams = list(zip(tokens, tokens[1:], tokens[2:], strict=False))
    begin = len(tokens) - _repeated(tokens, (*SUSPECT, *ENDLESS))
    repeated = set(trigrams[begin:])
    while begin > 0 and trigrams[begin - 1] in repeated:
        begin -= 1
    seen: set[tuple[int, ...]] = set()
    for place, trigram in enumerate(trigrams[begin:], start=begin):
        if trigram in seen:
            return place
        seen.add(trigram)
    raise AssertionError("the text does not repeat itself")


def _repeated(tokens: Sequence[int], limits: Sequence[tuple[int, int]]) -> int:
    """How many tokens at the end are within one of the limits; 0: none.

    The newest trigram is not new, which would be the way out of the repetition.
    """
    for length, most in limits:
        end = tokens[-length:]
        trigrams = list(zip(end, end[1:], end[2:], strict=False))
        few = len(end) == length and len(set(trigrams)) <= most
        if few and trigrams[-1] in trigrams[:-1]:
            return length
    return 0
