"""The columns of a results table, the same on the terminal and in the report."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TypeAlias

from interp.evaluate.record.timelines import TimeModel
from interp.evaluate.score.bootstrap import Estimate
from interp.evaluate.score.scores import Scores
from interp.evaluate.score.summary import AWARE, Row, main_lag

Cell: TypeAlias = Callable[[Row], str]
NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. short: whether it is worth a place on a terminal."""

    title: str
    explained: str
    cell: Cell
    short: bool = False


def columns(points: Sequence[Scores]) -> tuple[Column, ...]:
    """The columns that at least one of the points fills."""
    lag = main_lag(points[0])
    qualities = dict.fromkeys(q.metric.name for scores in points for q in scores.quality)
    lags = dict.fromkeys(found.metric for scores in points for found in scores.lags)
    accumulated = (TimeModel.ACCUMULATED,)
    return (
        *(Column(name, f"{name}, 95 % interval", _quality(name), True) for name in qualities),
        Column(f"{lag} s", "lag, computation ignored", _seconds(lag), True),
        Column(f"{lag} CA s", "with compute, as it was met", _seconds(lag, AWARE), True),
        Column(
            f"{lag} CA∑ s",
            "with compute that never overlaps with listening, as SimulEval counts",
            _seconds(lag, accumulated),
            True,
        ),
        *(_lag(name) for name in lags if name != lag),
        Column("NE", "normalised erasure of the tentative tail", _number("erasure", 2)),
        Column("RTF", "compute time per source time", _number("real_time_factor", 3), True),
        Column("silent", "sentences for which nothing was written", _silent, True),
        Column("DSPTV", "degenerate-policy test, points; suspect beyond ±20", _degeneracy),
        Column("p first", "of no difference in quality from the first row", _first),
        Column("p best", "of no difference in quality from the best row", _best, True),
    )


def _quality(name: str) -> Cell:
    return lambda row: spread(row.quality_of(name), 1, 1)


def _seconds(name: str, models: Sequence[TimeModel] = (TimeModel.DELAY,)) -> Cell:
    return lambda row: spread(row.lag(name, models), 0.001, 2)


def _lag(name: str) -> Column:
    """A lag metric, computation ignored and, after a slash, with it."""
    scale, digits = (1.0, 2) if name in _RATIOS else (0.001, 2)

    def cell(row: Row) -> str:
        unaware = plain(row.lag(name).value * scale, digits)
        return f"{unaware} / {plain(row.lag(name, AWARE).value * scale, digits)}"

    return Column(f"{name}" + ("" if name in _RATIOS else " s"), "ignoring / with compute", cell)


_RATIOS = {"AP", "LongAP", "DiscontinuityNum", "SilenceShare"}


def _number(field: str, digits: int) -> Cell:
    def cell(row: Row) -> str:
        value = getattr(row.scores, field)
        return NOTHING if value is None else plain(value, digits)

    return cell


def _silent(row: Row) -> str:
    return str(row.scores.skipped)


def _degeneracy(row: Row) -> str:
    found = row.scores.degeneracy
    return NOTHING if found is None else plain(found.gap, 1)


def _first(row: Row) -> str:
    return NOTHING if row.first_p is None else plain(row.first_p, 3)


def _best(row: Row) -> str:
    return NOTHING if row.best_p is None else plain(row.best_p, 3)


def plain(value: float, digits: int) -> str:
    """A number, or a dash where there is none."""
    return f"{value:.{digits}f}" if isfinite(value) else NOTHING


def spread(estimate: Estimate, scale: float, digits: int) -> str:
    """A figure with half the width of its interval: `23.1 ±2.0`."""
    half = (estimate.high - estimate.low) / 2 * scale
    around = f" ±{plain(half, digits)}" if isfinite(half) else ""
    return plain(estimate.value * scale, digits) + around
