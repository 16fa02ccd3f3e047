"""When each word is spoken: written words matched to the groups of phonemes of a synthesiser."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_STEPS = ((1, 1), (2, 1), (3, 1), (4, 1), (1, 2), (1, 3))
"""(words, groups) that may match: espeak joins little words, and splits hyphenated ones."""


@dataclass(frozen=True, slots=True)
class WordTime:
    """A word and the span of samples in which it sounds, at the rate of its speech."""

    text: str
    start_samples: int
    end_samples: int

    def rescaled(self, factor: float) -> "WordTime":
        """The same span at `factor` times the rate."""
        return WordTime(
            self.text, round(self.start_samples * factor), round(self.end_samples * factor)
        )


def proportional_times(words: Sequence[str], start: int, end: int) -> tuple[WordTime, ...]:
    """Words spread over the samples start..end by their letters."""
    return _spread(words, [len(word) for word in words], start, end)


def times_of_groups(
    words: Sequence[str], expected: Sequence[int], groups: Sequence[WordTime]
) -> tuple[WordTime, ...]:
    """Match words to groups in order, so that phoneme counts agree best (dynamic programming).

    expected: phonemes of each word spoken alone. Words that share a group share its time by their
    phonemes. Where nothing matches, all words share the whole span.
    """
    cost = np.full((len(words) + 1, len(groups) + 1), np.inf)
    came = np.zeros((len(words) + 1, len(groups) + 1), np.int64)
    cost[0, 0] = 0.0
    for w in range(1, len(words) + 1):
        for g in range(1, len(groups) + 1):
            for number, (dw, dg) in enumerate(_STEPS):
                if dw > w or dg > g:
                    continue
                sounds = sum(len(group.text) for group in groups[g - dg : g])
                total = cost[w - dw, g - dg] + abs(sum(expected[w - dw : w]) - sounds)
                if total < cost[w, g]:
                    cost[w, g], came[w, g] = total, number
    if not np.isfinite(cost[-1, -1]):
        return _spread(words, expected, groups[0].start_samples, groups[-1].end_samples)
    found: list[WordTime] = []
    w, g = len(words), len(groups)
    while w:
        dw, dg = _STEPS[came[w, g]]
        start, end = groups[g - dg].start_samples, groups[g - 1].end_samples
        found = [*_spread(words[w - dw : w], expected[w - dw : w], start, end), *found]
        w, g = w - dw, g - dg
    return tuple(found)


def _spread(
    words: Sequence[str], weights: Sequence[int], start: int, end: int
) -> tuple[WordTime, ...]:
    edges = start + (end - start) * np.cumsum([0, *(max(w, 1) for w in weights)]) / max(
        sum(max(w, 1) for w in weights), 1
    )
    return tuple(
        WordTime(word, round(edges[i]), round(edges[i + 1])) for i, word in enumerate(words)
    )
