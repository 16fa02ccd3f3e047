"""The figures of a run that people look at first, one row per operating point."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import nan

from interp.evaluate.record.log import RunConfig
from interp.evaluate.record.timelines import TimeModel
from interp.evaluate.score.bootstrap import Difference, Estimate
from interp.evaluate.score.compare import compare
from interp.evaluate.score.scores import Scores

UNKNOWN = Estimate(nan, nan, nan, 0)
MAIN_LAGS = ("LAAL", "StreamLAAL", "Heard-LAAL")
"""The lag that curves are drawn over: short instances, long recordings, speech without text."""

AWARE = (TimeModel.RECORDED, TimeModel.OVERLAPPED, TimeModel.ACCUMULATED)
"""Computation-aware models, the most real first."""


@dataclass(frozen=True, slots=True)
class Row:
    """One operating point. name: what tells it from the other points of its run.

    first_p, best_p: of no difference in the main quality from the first point and from the best
    one; None for that point itself and where there is no quality.
    """

    name: str
    scores: Scores
    first_p: float | None = None
    best_p: float | None = None

    @property
    def quality(self) -> Estimate:
        """The main quality metric."""
        return self.quality_of(main_quality(self.scores))

    @property
    def lag_ms(self) -> Estimate:
        """The main lag, computation-unaware."""
        return self.lag(main_lag(self.scores))

    @property
    def aware_ms(self) -> Estimate:
        """The main lag as it was met, computation included."""
        return self.lag(main_lag(self.scores), AWARE)

    def quality_of(self, metric: str) -> Estimate:
        """A quality metric, or UNKNOWN."""
        found = (q.estimate for q in self.scores.quality if q.metric.name == metric)
        return next(found, UNKNOWN)

    def lag(self, metric: str, models: Sequence[TimeModel] = (TimeModel.DELAY,)) -> Estimate:
        """A lag under the first of the models that the log could answer for, or UNKNOWN."""
        known = {(lag.metric, lag.model): lag.estimate for lag in self.scores.lags}
        return next((known[metric, m] for m in models if (metric, m) in known), UNKNOWN)

    def figure(self, name: str, models: Sequence[TimeModel | None] = (None,)) -> Estimate:
        """A figure under the first of the models that the log could answer for, or UNKNOWN."""
        known = {(figure.name, figure.model): figure.estimate for figure in self.scores.figures}
        return next((known[name, m] for m in models if (name, m) in known), UNKNOWN)


def main_lag(scores: Scores) -> str:
    """The lag metric that this run is drawn over."""
    known = {lag.metric for lag in scores.lags}
    return next((name for name in MAIN_LAGS if name in known), MAIN_LAGS[0])


def main_quality(scores: Scores) -> str:
    """The quality metric that this run is drawn over; BLEU where it has none."""
    return scores.quality[0].metric.name if scores.quality else "BLEU"


def rows(points: Sequence[Scores]) -> tuple[Row, ...]:
    """A row per point, in order, with significance by paired bootstrap."""
    bare = [Row(_name(scores.config), scores) for scores in points]
    known = [row for row in bare if row.scores.quality]
    if not known:
        return tuple(bare)
    best = max(known, key=lambda row: row.quality.value)
    return tuple(
        replace(row, first_p=_p_value(bare[0], row), best_p=_p_value(best, row)) for row in bare
    )


def sessions_of(config: RunConfig) -> int:
    """How many sessions were open at a time."""
    return int(config.settings.get("sessions", 1))


def lead_silence_of(config: RunConfig) -> int:
    """Silence before each recording, ms."""
    return int(config.settings.get("lead_silence_ms", 0))


def _name(config: RunConfig) -> str:
    special = {}
    if sessions_of(config) != 1:
        special["sessions"] = sessions_of(config)
    if lead_silence_of(config):
        special["lead_silence_ms"] = lead_silence_of(config)
    name = config.policy
    for key, value in special.items():
        name += f"{',' if ':' in name else ':'}{key}={value}"
    return name


def quality_difference(reference: Row, row: Row) -> Difference | None:
    """The main quality of `row` less that of `reference`; None where they do not compare."""
    try:
        found = compare(reference.scores, row.scores)
    except ValueError:  # not over the same sentences
        return None
    metric = main_quality(row.scores)
    return next((f.difference for f in found if f.metric == metric and f.model is None), None)


def _p_value(reference: Row, row: Row) -> float | None:
    difference = None if reference is row else quality_difference(reference, row)
    return None if difference is None else difference.p_value
