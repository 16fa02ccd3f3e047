"""Text that repeats itself: what may well have been said, and what never ends by itself.

A stretch of text repeats itself where few of its trigrams are distinct. Speakers do so too: what
tells a loop is that it follows nothing that is heard, or that it goes on for ever.
"""

from collections.abc import Sequence

SUSPECT_TOKENS, SUSPECT_TRIGRAMS = 14, 4  # three rounds of four tokens, or more of fewer
LOOP_TOKENS, LOOP_TRIGRAMS = 42, 10  # four rounds of ten tokens, or more of fewer


def is_repetitive(tokens: Sequence[int]) -> bool:
    """Whether a text ends in what may be the beginning of a loop."""
    return _repeats(tokens, SUSPECT_TOKENS, SUSPECT_TRIGRAMS)


def is_endless(tokens: Sequence[int]) -> bool:
    """Whether a text ends in what no speaker goes on with for so long."""
    return _repeats(tokens, LOOP_TOKENS, LOOP_TRIGRAMS)


def second_round(tokens: Sequence[int]) -> int:
    """Where the first repetition begins, of a text that is_repetitive or is_endless."""
    trigrams = list(zip(tokens, tokens[1:], tokens[2:], strict=False))
    length = SUSPECT_TOKENS if is_repetitive(tokens) else LOOP_TOKENS
    begin = len(tokens) - length
    repeated = set(trigrams[begin:])
    while begin > 0 and trigrams[begin - 1] in repeated:
        begin -= 1
    seen: set[tuple[int, ...]] = set()
    for place, trigram in enumerate(trigrams[begin:], start=begin):
        if trigram in seen:
            return place
        seen.add(trigram)
    raise AssertionError("the text does not repeat itself")


def _repeats(tokens: Sequence[int], length: int, most: int) -> bool:
    """Whether the last `length` tokens have at most `most` distinct trigrams, the newest not new
    (which would be the way out of the repetition)."""
    end = tokens[-length:]
    trigrams = list(zip(end, end[1:], end[2:], strict=False))
    return len(end) == length and len(set(trigrams)) <= most and trigrams[-1] in trigrams[:-1]
