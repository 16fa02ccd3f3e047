"""Re-segmentation: which reference segment each word of a long hypothesis belongs to.

`soft_segments` follows SoftSegmenter (for LongYAAL), `mwer_segments` minimises word errors as
mwerSegmenter does (for StreamLAAL). Both fill their table row by row with numpy.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Table: TypeAlias = NDArray[np.int8]
"""Backward steps [1 + reference word, 1 + hypothesis word]."""

_MATCH, _SKIP_REFERENCE, _SKIP_HYPOTHESIS = 0, 1, 2
_PUNCTUATION = frozenset(".!?,;:-()。！？，；：—ー（）")  # noqa: RUF001 (these are the full-width marks)


def soft_segments(
    hypothesis: Sequence[str], references: Sequence[str], *, chars: bool = False
) -> NDArray[np.int64]:
    """Segment index per hypothesis word [word], by SoftSegmenter (arXiv 2509.17349).

    The alignment with the largest total similarity, gaps free, among reference words of all
    `references` in order; on ties match, then skip the reference word, then skip the hypothesis
    word. Similarity of two NFKC lower-case words is the Jaccard index of their character sets
    (`chars`: 1 where equal); punctuation never matches a word. A word left over joins the more
    similar of its neighbours in the reference, the earlier on ties. References are split on white
    space (`chars`: into characters). Raises ValueError where no reference has a word.
    """
    words, segments = _reference_words(references, chars=chars)
    similarity = _Similarity(words, [_fold(word) for word in hypothesis], chars=chars)
    path = _backtrack(_soft_table(similarity, len(words), len(hypothesis)))
    return segments[_join_similar(path, similarity)]


def mwer_segments(hypothesis: Sequence[str], references: Sequence[str]) -> NDArray[np.int64]:
    """Segment index per hypothesis word [word] with the fewest word errors in total.

    Levenshtein alignment, case-sensitive, of the hypothesis with all `references` joined, cut at
    the ends of the references: Matusov et al. 2005 (IWSLT). On ties, read from the end: skip the
    reference word, then skip the hypothesis word, then match, which is mweralign 1.4's choice. A
    word left over stays with the reference before it. Raises ValueError where no reference has a
    word.
    """
    words, segments = _reference_words(references, chars=False, fold=False)
    return segments[_join_before(_backtrack(_error_table(words, hypothesis)))]


def _fold(word: str) -> str:
    return unicodedata.normalize("NFKC", word).lower()


def _reference_words(
    references: Sequence[str], *, chars: bool, fold: bool = True
) -> tuple[list[str], NDArray[np.int64]]:
    """All reference words, and the segment of each [word]."""
    split = [list(r.replace(" ", "")) if chars else r.split() for r in references]
    words = list(chain.from_iterable(split))
    if not words:
        raise ValueError("no reference words to align with")
    segments = np.repeat(np.arange(len(split)), [len(part) for part in split])
    return [_fold(word) for word in words] if fold else words, segments


class _Similarity:
    """Similarity of reference and hypothesis words, computed once per pair of distinct words."""

    def __init__(self, reference: Sequence[str], hypothesis: Sequence[str], *, chars: bool) -> None:
        rows, self._row = np.unique(np.array(reference, dtype=object), return_inverse=True)
        columns, self._column = np.unique(np.array(hypothesis, dtype=object), return_inverse=True)
        self._scores = _same(rows, columns) if chars else _jaccard(rows, columns)
        apart = np.not_equal.outer(_is_punctuation(rows), _is_punctuation(columns))
        self._scores[apart] = -np.inf

    def row(self, reference: int) -> NDArray[np.float64]:
        """One reference word against every hypothesis word [hypothesis word]."""
        scores: NDArray[np.float64] = self._scores[self._row[reference]][self._column]
        return scores

    def at(self, reference: int, hypothesis: int) -> float:
        """One pair; minus infinity where `reference` lies outside."""
        if not 0 <= reference < len(self._row):
            return -np.inf
        return float(self._scores[self._row[reference], self._column[hypothesis]])


def _is_punctuation(words: NDArray[np.object_]) -> NDArray[np.bool_]:
    return np.array([word in _PUNCTUATION for word in words], dtype=bool)


def _same(rows: NDArray[np.object_], columns: NDArray[np.object_]) -> NDArray[np.float64]:
    return np.equal.outer(rows, columns).astype(np.float64)


def _jaccard(rows: NDArray[np.object_], columns: NDArray[np.object_]) -> NDArray[np.float64]:
    """|A & B| / |A | B| of the words' character sets [row, column]."""
    alphabet = {char: i for i, char in enumerate(sorted(set(chain(*rows, *columns))))}

    def incidence(words: NDArray[np.object_]) -> NDArray[np.float64]:
        table = np.zeros((len(words), len(alphabet)))
        for i, word in enumerate(words):
            table[i, [alphabet[char] for char in set(word)]] = 1
        return table

    left, right = incidence(rows), incidence(columns)
    both = left @ right.T
    either = left.sum(axis=1)[:, None] + right.sum(axis=1) - both
    scores: NDArray[np.float64] = np.zeros_like(both)
    np.divide(both, either, out=scores, where=either > 0)
    return scores


def _empty_table(rows: int, columns: int) -> Table:
    steps = np.full((rows + 1, columns + 1), _SKIP_HYPOTHESIS, np.int8)
    steps[1:, 0] = _SKIP_REFERENCE
    return steps


def _soft_table(similarity: _Similarity, rows: int, columns: int) -> Table:
    steps = _empty_table(rows, columns)
    above = np.zeros(columns + 1)
    for i in range(rows):
        match = above[:-1] + similarity.row(i)
        best = np.maximum(match, above[1:])
        # Gaps are free, so what a row inherits from its left is a running maximum.
        row = np.maximum.accumulate(np.concatenate([[0.0], best]))
        insert = row[:-1]
        step = np.where(above[1:] >= insert, _SKIP_REFERENCE, _SKIP_HYPOTHESIS)
        step[(match >= above[1:]) & (match >= insert)] = _MATCH
        steps[i + 1, 1:] = step
        above = row
    return steps


def _error_table(reference: Sequence[str], hypothesis: Sequence[str]) -> Table:
    columns = len(hypothesis)
    target = np.array(hypothesis, dtype=object)
    steps = _empty_table(len(reference), columns)
    places = np.arange(columns + 1)
    above = places.copy()
    for i, word in enumerate(reference):
        match = above[:-1] + (target != word)
        best = np.concatenate([[i + 1], np.minimum(match, above[1:] + 1)])
        # An insertion costs 1 per word: a running minimum once that slope is taken out.
        row = np.minimum.accumulate(best - places) + places
        step = np.where(row[:-1] + 1 == row[1:], _SKIP_HYPOTHESIS, _MATCH)
        step[above[1:] + 1 == row[1:]] = _SKIP_REFERENCE
        steps[i + 1, 1:] = step
        above = row
    return steps


@dataclass(frozen=True, slots=True)
class _Path:
    """An alignment in order: reference and hypothesis word of each step, or -1 [step]."""

    reference: list[int]
    hypothesis: list[int]


def _backtrack(steps: Table) -> _Path:
    i, j = (size - 1 for size in steps.shape)
    path = _Path([], [])
    while i > 0 or j > 0:
        step = steps[i, j]
        path.reference.append(-1 if step == _SKIP_HYPOTHESIS else i - 1)
        path.hypothesis.append(-1 if step == _SKIP_REFERENCE else j - 1)
        i -= int(step != _SKIP_HYPOTHESIS)
        j -= int(step != _SKIP_REFERENCE)
    path.reference.reverse()
    path.hypothesis.reverse()
    return path


def _join_before(path: _Path) -> NDArray[np.int64]:
    """Reference word per hypothesis word [word]; one left over joins the word before it."""
    places, before = [], 0
    for reference, hypothesis in zip(path.reference, path.hypothesis, strict=True):
        before = max(before, reference)
        if hypothesis >= 0:
            places.append(before)
    return np.array(places, dtype=np.int64)


def _join_similar(path: _Path, similarity: _Similarity) -> NDArray[np.int64]:
    """Reference word per hypothesis word [word]; one left over joins the more similar neighbour.

    Once one of them joins the word after, so do those up to it: order is kept.
    """
    places, before, joined = [], -1, -1
    following = _next_references(path)
    for step, (reference, hypothesis) in enumerate(
        zip(path.reference, path.hypothesis, strict=True)
    ):
        if reference >= 0:
            before, joined = reference, -1
        elif joined < 0:
            after = following[step]
            nearer = similarity.at(after, hypothesis) > similarity.at(before, hypothesis)
            joined = after if nearer or before < 0 else -1
        if hypothesis >= 0:
            places.append(joined if joined >= 0 else before)
    return np.array(places, dtype=np.int64)


def _next_references(path: _Path) -> list[int]:
    """The reference word at or after each step, or -1 [step]."""
    following, latest = [], -1
    for reference in reversed(path.reference):
        latest = reference if reference >= 0 else latest
        following.append(latest)
    return following[::-1]
