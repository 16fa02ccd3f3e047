"""A preference for the terms of a glossary while a sentence is written.

A term is begun where the model turns to its source words, and once begun it is completed. Both are
raises of scores, not rules: where the model is sure enough of something else, that is written.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

BEGIN, CONTINUE = 30.0, 30.0
"""By how much the score of a term's first token, and of each next one, is raised."""

TURNED = 0.4
"""A model has turned to a term when so much of its attention is on the term's source words."""

FREQUENT = 60
"""The first tokens of a vocabulary: marks, articles, prepositions. They may stand before a term."""


@dataclass(frozen=True, slots=True)
class PreferredTerm:
    """tokens: of the term as it shall be written. places: its source tokens."""

    tokens: tuple[int, ...]
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TermPreference:
    """The terms of one sentence, in the order of their source.

    grows: the tokens that would make another word of the one before them, [vocab].
    """

    terms: tuple[PreferredTerm, ...]
    grows: Tensor

    def apply(self, written: Sequence[int], scores: Tensor, attention: Tensor) -> Tensor:
        """Scores [vocab] of the token after `written`; attention [source token]."""
        if any(tuple(written[-len(term.tokens) :]) == term.tokens for term in self.terms):
            scores = scores.masked_fill(self.grows, -torch.inf)
        pending = self._pending(written)
        for term in pending:
            begun = _begun(term.tokens, written)
            if begun:
                return _raised(scores, term.tokens[begun], CONTINUE)
        if int(scores.argmax()) < FREQUENT:
            return scores
        turned = [float(attention[list(term.places)].sum()) for term in pending]
        if not turned or max(turned) < TURNED:
            return scores
        return _raised(scores, pending[turned.index(max(turned))].tokens[0], BEGIN)

    def _pending(self, written: Sequence[int]) -> list[PreferredTerm]:
        """The terms that have not been written as often as they were said."""
        left: dict[tuple[int, ...], int] = {}
        pending = []
        for term in self.terms:
            if term.tokens not in left:
                left[term.tokens] = _count(term.tokens, written)
            left[term.tokens] -= 1
            if left[term.tokens] < 0:
                pending.append(term)
        return pending


def _begun(tokens: Sequence[int], written: Sequence[int]) -> int:
    """How many of the term's tokens stand at the end of what is written, but not all."""
    for count in range(min(len(tokens) - 1, len(written)), 0, -1):
        if tuple(written[-count:]) == tuple(tokens[:count]):
            return count
    return 0


def _count(tokens: Sequence[int], written: Sequence[int]) -> int:
    size = len(tokens)
    return sum(
        tuple(written[i : i + size]) == tuple(tokens) for i in range(len(written) - size + 1)
    )


def _raised(scores: Tensor, token: int, by: float) -> Tensor:
    raised = scores.clone()
    raised[token] += by
    return raised


def places_of(word_of: Sequence[int], first: int, last: int) -> tuple[int, ...]:
    """The source tokens of words `first` to before `last`."""
    return tuple(i for i, word in enumerate(word_of) if first <= word < last)
