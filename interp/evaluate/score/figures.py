"""Figures of a run that are neither quality nor lag: shares and quantiles over its instances.

Each comes with an interval over resampled instances, or sentences where it is counted by sentence.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from interp.core.latency_elapsed import real_time_factor
from interp.evaluate.record.log import Instance
from interp.evaluate.record.timelines import TimeModel
from interp.evaluate.score.bootstrap import Draws, Estimate, Floats
from interp.evaluate.score.coverage import covered_ms, voiced_ms
from interp.evaluate.score.ear_voice import first_outputs, spans

ERASURE_WINDOW_MS = 120_000.0
LENGTH_TOLERANCE = 0.2


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. model: what its times are; None where it has nothing to do with time models."""

    name: str
    estimate: Estimate
    model: TimeModel | None = None


def ratio(sums: Floats) -> Floats:
    """The first statistic over the second [resample]; NaN where that is none."""
    found: Floats = np.full(len(sums), np.nan)
    return np.divide(sums[:, 0], sums[:, 1], out=found, where=sums[:, 1] > 0)


def share(name: str, parts: Sequence[float], wholes: Sequence[float], draws: Draws) -> list[Figure]:
    """Sum of parts over sum of wholes, an entry per instance; nothing where the wholes are 0."""
    statistics = np.array([parts, wholes], np.float64).T
    if not len(statistics) or statistics[:, 1].sum() <= 0:
        return []
    return [Figure(name, draws.of(statistics).estimate(statistics, ratio))]


def quantile(values: Sequence[Sequence[float]], level: float, draws: Draws) -> Estimate:
    """The value that a share `level` of all values [instance][value] does not exceed.

    Resampled by instance, whose values are not independent of each other.
    """
    owners = np.repeat(np.arange(len(values)), [len(group) for group in values])
    flat = np.array([value for group in values for value in group], np.float64)
    order = np.argsort(flat, kind="stable")
    flat, owners = flat[order], owners[order]
    bootstrap = draws.of(np.empty((len(values), 1)))
    found = _weighted(flat, np.ones((1, len(flat))), level)[0]
    drawn = _weighted(flat, bootstrap.weights[:, owners], level)
    low, high = bootstrap.interval(drawn)
    return Estimate(float(found), low, high, len(flat))


def _weighted(flat: Floats, weights: Floats, level: float) -> Floats:
    """Quantile of ascending values [value] under weights [resample, value]; NaN without weight."""
    reached = np.cumsum(weights, axis=1)
    whole = reached[:, -1:]
    place: NDArray[np.int64] = (reached < level * whole).sum(axis=1)
    return np.where(whole[:, 0] > 0, flat[np.minimum(place, len(flat) - 1)], np.nan)


def quantiles(
    name: str, values: Sequence[Sequence[float]], model: TimeModel, draws: Draws
) -> list[Figure]:
    """`name p50` and `name p95`; nothing where there is no value."""
    if not any(values):
        return []
    return [
        Figure(f"{name} p{round(100 * level)}", quantile(values, level, draws), model)
        for level in (0.5, 0.95)
    ]


def run_figures(instances: Sequence[Instance], draws: Draws) -> list[Figure]:
    """All that the log can tell: stability, cost, coverage, promptness, length of speech."""
    lengths = [instance.source_length_ms for instance in instances]
    written = [float(len(instance.prediction.split())) for instance in instances]
    erased = [float(instance.erased_words) for instance in instances]
    computed = [i for i in instances if i.steps]
    found = [
        *share("NE", erased, written, draws),
        *share("erased/120s", [e * ERASURE_WINDOW_MS for e in erased], lengths, draws),
        *share(
            "RTF",
            [i.source_length_ms * real_time_factor(i.steps, i.source_length_ms) for i in computed],
            [i.source_length_ms for i in computed],
            draws,
        ),
        *share(
            "coverage",
            [covered_ms(instance) for instance in instances],
            [voiced_ms(instance) for instance in instances],
            draws,
        ),
    ]
    for model in (TimeModel.DELAY, TimeModel.RECORDED):
        found += quantiles("EVS", [spans(i, model) for i in instances], model, draws)
        found += quantiles("first word", [first_outputs(i, model) for i in instances], model, draws)
    return found + _speech_length(instances, draws)


def _speech_length(instances: Sequence[Instance], draws: Draws) -> list[Figure]:
    """Target speech over source speech in length, and the share of instances within 20 % of it."""
    spoken = [i for i in instances if i.speech]
    durations = [sum(chunk.duration_ms for chunk in i.speech) for i in spoken]
    lengths = [i.source_length_ms for i in spoken]
    near = [
        float(abs(duration / length - 1) <= LENGTH_TOLERANCE)
        for duration, length in zip(durations, lengths, strict=True)
    ]
    return [
        *share("speech length", durations, lengths, draws),
        *share("SLC_0.2", near, [1.0] * len(near), draws),
    ]
