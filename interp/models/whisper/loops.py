"""Text that repeats itself: what may well have been said, and what never ends by itself.

A stretch of text repeats itself where few of its trigrams are distinct. Speakers do so too: what
tells a loop is that it follows nothing that is heard, or that it goes on for ever.
"""

from collections.abc import Sequence

SUSPECT_TOKENS, SUSPECT_TRIGRAMS = 14, 4  # three rounds of four tokens, or more of fewer
LOOP_TOKENS, LOOP_TRIGRAMS = 42, 10  # four rounds of ten tokens, or more of fewer


def is_repetitive(tokens: Sequence[int]) -> bool:
    """Whether a text ends in what may be the beginning of a loop."""
    return _trigrams_at_end(tokens, SUSPECT_TOKENS) <= SUSPECT_TRIGRAMS


def is_endless(tokens: Sequence[int]) -> bool:
    """Whether a text ends in what no speaker goes on with for so long."""
    return _trigrams_at_end(tokens, LOOP_TOKENS) <= LOOP_TRIGRAMS


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


def _trigrams_at_end(tokens: Sequence[int], count: int) -> int:
    """Distinct trigrams among the last `count` tokens; as many as could be where they are fewer."""
    end = tokens[-count:]
    if len(end) < count:
        return count
    return len(set(zip(end, end[1:], end[2:], strict=False)))
