"""Paired bootstrap: how far a corpus figure would move with other sentences.

Sentences are drawn with replacement, which for sums is one multinomial weight per sentence; a
resampled corpus is then a matrix product, so thousands of them take milliseconds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]

CorpusFigure: TypeAlias = Callable[[Floats], Floats]
"""From sums of sentence statistics [resample, statistic] to figures [resample]."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A corpus figure and its confidence interval. instances: how many entered it."""

    value: float
    low: float
    high: float
    instances: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Figure of run B less that of run A on the same sentences. p_value: of no difference."""

    value: float
    low: float
    high: float
    p_value: float


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """Weights of resampled corpora [resample, sentence], shared by all figures of one corpus."""

    weights: Floats
    confidence: float = 0.95

    @classmethod
    def draw(
        cls,
        sentences: int,
        rng: np.random.Generator,
        resamples: int = 1000,
        confidence: float = 0.95,
    ) -> "Bootstrap":
        """Draw `resamples` corpora of `sentences` sentences. Raises ValueError for none."""
        if sentences < 1 or resamples < 1:
            raise ValueError(f"cannot draw {resamples} corpora of {sentences} sentences")
        shares = np.full(sentences, 1 / sentences)
        weights = rng.multinomial(sentences, shares, resamples).astype(np.float64)
        return cls(weights, confidence)

    def estimate(self, statistics: Floats, figure: CorpusFigure) -> Estimate:
        """Figure over sentence statistics [sentence, statistic], with its percentile interval."""
        value = figure(statistics.sum(axis=0, keepdims=True))[0]
        low, high = self.interval(figure(self.weights @ statistics))
        return Estimate(float(value), low, high, len(statistics))

    def difference(self, first: Floats, second: Floats, figure: CorpusFigure) -> Difference:
        """Second less first, both resampled alike [sentence, statistic].

        Two-sided p = (1 + #{|d_b - mean d| >= |d|}) / (1 + resamples): Riezler and Maxwell 2005,
        as sacreBLEU reports it; paired resampling is Koehn 2004.
        """
        assert first.shape == second.shape, f"runs differ in shape: {first.shape} {second.shape}"
        value = float(
            figure(second.sum(axis=0, keepdims=True))[0]
            - figure(first.sum(axis=0, keepdims=True))[0]
        )
        drawn = figure(self.weights @ second) - figure(self.weights @ first)
        drawn = drawn[np.isfinite(drawn)]
        low, high = self.interval(drawn)
        # Rounding must not make two equal runs differ.
        extreme = np.abs(drawn - drawn.mean()) >= abs(value) - 1e-12 if len(drawn) else drawn
        return Difference(value, low, high, float((1 + extreme.sum()) / (1 + len(drawn))))

    def interval(self, drawn: Floats) -> tuple[float, float]:
        """Of figures [resample], those that are NaN left out."""
        drawn = drawn[np.isfinite(drawn)]
        if not len(drawn):
            return float("nan"), float("nan")
        tail = (1 - self.confidence) / 2
        low, high = np.quantile(drawn, [tail, 1 - tail])
        return float(low), float(high)


class Draws:
    """One Bootstrap per corpus size, so that figures over the same sentences are drawn alike."""

    def __init__(self, rng: np.random.Generator, resamples: int = 1000) -> None:
        self._rng = rng
        self._resamples = resamples
        self._by_size: dict[int, Bootstrap] = {}

    def of(self, statistics: Floats) -> Bootstrap:
        """The resampled corpora for statistics [sentence, statistic]."""
        size = len(statistics)
        if size not in self._by_size:
            self._by_size[size] = Bootstrap.draw(size, self._rng, self._resamples)
        return self._by_size[size]


def mean_statistics(values: Floats) -> Floats:
    """Values [sentence], NaN where a sentence has none, as statistics for `mean_figure`."""
    present = np.isfinite(values)
    return np.stack([np.where(present, values, 0.0), present.astype(np.float64)], axis=1)


def mean_figure(sums: Floats) -> Floats:
    """Mean over the sentences that have a value [resample]; NaN where none was drawn."""
    means: Floats = np.full(len(sums), np.nan)
    return np.divide(sums[:, 0], sums[:, 1], out=means, where=sums[:, 1] > 0)
