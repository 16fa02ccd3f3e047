"""The figures of a run that people look at first, one row per operating point."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

from interp.evaluate.bootstrap import Estimate
from interp.evaluate.compare import compare
from interp.evaluate.score import Scores
from interp.evaluate.timelines import TimeModel

UNKNOWN = Estimate(nan, nan, nan, 0)
MAIN_LAGS = ("LAAL", "StreamLAAL", "Heard-LAAL")
"""The lag that curves are drawn over: short instances, long recordings, speech without text."""

AWARE = (TimeModel.RECORDED, TimeModel.OVERLAPPED, TimeModel.ACCUMULATED)
"""Computation-aware models, the most real first."""


@dataclass(frozen=True, slots=True)
class Row:
    """One operating point.

    quality: by metric; lag_ms: computation-unaware, aware_ms: as it was met, accumulated_ms: by
    SimulEval's model. first_p, best_p: of no difference in the first quality metric from the first
    point and from the best one; None for that point itself.
    """

    policy: str
    sessions: int
    scores: Scores
    lag_ms: Estimate
    aware_ms: Estimate
    accumulated_ms: Estimate
    first_p: float | None
    best_p: float | None

    @property
    def label(self) -> str:
        """The policy, with the number of sessions where there were several."""
        return self.policy if self.sessions <= 1 else f"{self.policy} × {self.sessions}"

    def quality(self, metric: str) -> Estimate:
        """A quality metric, or UNKNOWN."""
        found = (q.estimate for q in self.scores.quality if q.metric.name == metric)
        return next(found, UNKNOWN)

    def lag(self, metric: str, models: Sequence[TimeModel] = (TimeModel.DELAY,)) -> Estimate:
        """A lag under the first of the models that the log could answer for, or UNKNOWN."""
        for model in models:
            for lag in self.scores.lags:
                if (lag.metric, lag.model) == (metric, model):
                    return lag.estimate
        return UNKNOWN


def main_lag(scores: Scores) -> str:
    """The lag metric that this run is drawn over."""
    known = {lag.metric for lag in scores.lags}
    return next((name for name in MAIN_LAGS if name in known), MAIN_LAGS[0])


def main_quality(scores: Scores) -> str:
    """The quality metric that this run is drawn over; BLEU where it has none."""
    return scores.quality[0].metric.name if scores.quality else "BLEU"


def rows(points: Sequence[Scores]) -> tuple[Row, ...]:
    """A row per point, in order, with significance by paired bootstrap."""
    metric = main_quality(points[0])
    bare = [_row(scores) for scores in points]
    known = [row for row in bare if row.scores.quality]
    if not known:
        return tuple(bare)
    best = max(known, key=lambda row: row.quality(metric).value)
    return tuple(
        Row(
            row.policy,
            row.sessions,
            row.scores,
            row.lag_ms,
            row.aware_ms,
            row.accumulated_ms,
            _p_value(bare[0], row, metric),
            _p_value(best, row, metric),
        )
        for row in bare
    )


def _row(scores: Scores) -> Row:
    name = main_lag(scores)
    bare = Row(
        policy=scores.config.policy,
        sessions=int(scores.config.settings.get("sessions", 1)),
        scores=scores,
        lag_ms=UNKNOWN,
        aware_ms=UNKNOWN,
        accumulated_ms=UNKNOWN,
        first_p=None,
        best_p=None,
    )
    return Row(
        bare.policy,
        bare.sessions,
        scores,
        bare.lag(name),
        bare.lag(name, AWARE),
        bare.lag(name, (TimeModel.ACCUMULATED,)),
        None,
        None,
    )


def _p_value(reference: Row, row: Row, metric: str) -> float | None:
    if reference is row:
        return None
    try:
        found = compare(reference.scores, row.scores)
    except ValueError:  # not over the same sentences
        return None
    differences = (f for f in found if f.metric == metric and f.model is None)
    return next((each.difference.p_value for each in differences), None)
