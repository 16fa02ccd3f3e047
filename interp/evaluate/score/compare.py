"""Differences between two runs on the same sentences, with significance by paired bootstrap."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from interp.evaluate.record.timelines import TimeModel
from interp.evaluate.score.bootstrap import Difference, Draws, mean_figure, mean_statistics
from interp.evaluate.score.scores import Scores
from interp.evaluate.score.sentences import Sentence


@dataclass(frozen=True, slots=True)
class FigureDifference:
    """How one figure differs between two runs. model: of a lag; None for quality."""

    metric: str
    model: TimeModel | None
    difference: Difference


def compare(first: Scores, second: Scores) -> tuple[FigureDifference, ...]:
    """Every figure that both runs have: second less first, both resampled alike.

    Quality is compared where its signature is the same. Raises ValueError where the runs were not
    scored on the same sentences.
    """
    if [_key(s) for s in first.sentences] != [_key(s) for s in second.sentences]:
        raise ValueError("the runs were not scored on the same sentences")
    draws = Draws(np.random.default_rng(first.how.seed), first.how.resamples)
    return (*_quality_differences(first, second, draws), *_lag_differences(first, second, draws))


def _key(sentence: Sentence) -> tuple[int, int, str | None]:
    return sentence.instance, sentence.segment, sentence.reference


def _quality_differences(first: Scores, second: Scores, draws: Draws) -> Iterator[FigureDifference]:
    others = {quality.metric.signature: quality.metric for quality in second.quality}
    for quality in first.quality:
        one, other = quality.metric, others.get(quality.metric.signature)
        if other is not None:
            bootstrap = draws.of(one.statistics)
            difference = bootstrap.difference(one.statistics, other.statistics, one.figure)
            yield FigureDifference(one.name, None, difference)


def _lag_differences(first: Scores, second: Scores, draws: Draws) -> Iterator[FigureDifference]:
    others = {(lag.metric, lag.model): lag for lag in second.lags}
    for lag in first.lags:
        other = others.get((lag.metric, lag.model))
        if other is not None:
            one = mean_statistics(lag.values)
            difference = draws.of(one).difference(one, mean_statistics(other.values), mean_figure)
            yield FigureDifference(lag.metric, lag.model, difference)
