"""Text that repeats itself: what may well have been said, and what never ends by itself.

A stretch of text repeats itself where few of its trigrams are distinct; an echo is a longer piece
of what was written some time before. Speakers do so too: what tells a loop or an echo is that it
follows nothing that is heard, or that it goes on for ever.
"""

from collections.abc import Sequence

MOST_TOKENS = 10  # of a round
SUSPECT = tuple((3 * size + 2, size) for size in range(3, MOST_TOKENS + 1))
"""Tokens at the end, and how few distinct trigrams of them are suspect: three rounds of three to
ten tokens, or more of fewer."""
ECHO_TOKENS = 6  # of a text that stand there once more at its end
ENDLESS = ((42, 10),)  # four rounds of ten tokens, or more of fewer


def is_repetitive(tokens: Sequence[int]) -> bool:
    """Whether a text ends in what may be the beginning of a loop."""
    return _repeated(tokens, SUSPECT) > 0


def is_endless(tokens: Sequence[int]) -> bool:
    """Whether a text ends in what no speaker goes on with for so long."""
    return _repeated(tokens, ENDLESS) > 0


def again(tokens: Sequence[int]) -> tuple[range, ...]:
    """The stretches at the end of a text that only say again what stands before them: rounds, but
    for the first and one that has only begun, or an echo. None holds the newest token."""
    newest = len(tokens) - 1
    if _repeated(tokens, (*SUSPECT, *ENDLESS)):
        begin, size = _second_round(tokens)
        return tuple(range(at, at + size) for at in range(begin, newest - size + 1, size))
    length = _echoed(tokens)
    return (range(len(tokens) - length, newest),) if length >= ECHO_TOKENS else ()


def _second_round(tokens: Sequence[int]) -> tuple[int, int]:
    """Where it begins, and the length of a round."""
    trigrams = list(zip(tokens, tokens[1:], tokens[2:], strict=False))
    begin = len(tokens) - _repeated(tokens, (*SUSPECT, *ENDLESS))
    repeated = set(trigrams[begin:])
    while begin > 0 and trigrams[begin - 1] in repeated:
        begin -= 1
    seen: dict[tuple[int, ...], int] = {}
    for place, trigram in enumerate(trigrams[begin:], start=begin):
        if trigram in seen:
            return place, place - seen[trigram]
        seen[trigram] = place
    raise AssertionError("the text does not repeat itself")


def _echoed(tokens: Sequence[int]) -> int:
    """How many tokens at the end stand somewhere before them too, one after the other."""
    longest, text = 0, list(tokens)
    for end in range(len(text) - 1, 0, -1):
        if text[end - 1] != text[-1]:
            continue
        length = 1
        while length < min(end, len(text) - end) and text[end - 1 - length] == text[-1 - length]:
            length += 1
        longest = max(longest, length)
    return longest


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
