"""The decoder's output layer: hidden rows to the scores of all tokens.

In whole numbers it costs half and less, but its rounding would decide between tokens that score
almost alike. So those that may be chosen are computed once more as they are.
"""

from torch import Tensor

from interp.models.best import best_of
from interp.models.linear import linear
from interp.models.precision import Precision

CONTENDERS = 32
"""Tokens of a row that are computed again. A step of a row is far smaller than what lies between
the best token and the one behind so many others."""


class Output:
    """The tokens' embeddings [token, dim] as a layer. precision: one that was chosen."""

    def __init__(self, embedding: Tensor, precision: Precision) -> None:
        self._embedding = embedding
        self._layer = linear(embedding, embedding.new_zeros(len(embedding)), precision)
        self._rounded = precision is Precision.INT8

    def __call__(self, hidden: Tensor) -> Tensor:
        """hidden [row, dim] to scores [row, token]."""
        scores = self._layer(hidden)
        if not self._rounded or not len(hidden):
            return scores
        _, best = best_of(scores, min(CONTENDERS, scores.shape[1]))
        exact = (self._embedding[best] * hidden[:, None]).sum(dim=2)
        return scores.scatter_(1, best, exact)
