"""The columns of a results table, the same on the terminal and in the report, in groups."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TypeAlias

from interp.core.latency import Degeneracy
from interp.evaluate.record.timelines import TimeModel
from interp.evaluate.score.bootstrap import Estimate
from interp.evaluate.score.scores import Scores
from interp.evaluate.score.summary import AWARE, Row, main_lag

Cell: TypeAlias = Callable[[Row], str]
NOTHING = "-"
DELAY = (TimeModel.DELAY,)


@dataclass(frozen=True, slots=True)
class Column:
    """One column. short: whether it is worth a place on a terminal."""

    title: str
    explained: str
    cell: Cell
    short: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Columns that belong together."""

    title: str
    columns: tuple[Column, ...]


def groups(points: Sequence[Row]) -> tuple[Group, ...]:
    """The columns that at least one of the points fills, in their groups."""
    if not points:
        return ()
    every = [row.scores for row in points]
    found = (
        Group("quality", (*_qualities(every), *_SIGNIFICANCE)),
        Group("lag", _main_lags(main_lag(every[0]))),
        Group("promptness", _PROMPTNESS),
        Group("trust", _TRUST),
        Group("stability and cost", _COST),
        Group("speech", (*_SPEECH, *_lags(every, speech=True))),
        Group("other lags: ignoring / with compute", _lags(every, speech=False)),
    )
    filled = (Group(group.title, _filled(group.columns, points)) for group in found)
    return tuple(group for group in filled if group.columns)


def _filled(columns: Sequence[Column], points: Sequence[Row]) -> tuple[Column, ...]:
    empty = {NOTHING, f"{NOTHING} / {NOTHING}"}
    return tuple(c for c in columns if any(c.cell(row) not in empty for row in points))


def _qualities(points: Sequence[Scores]) -> tuple[Column, ...]:
    names = dict.fromkeys(q.metric.name for scores in points for q in scores.quality)
    return tuple(Column(name, f"{name}, 95 % interval", _quality(name), True) for name in names)


def _main_lags(lag: str) -> tuple[Column, ...]:
    overlap = "with compute that never overlaps with listening, as SimulEval counts"
    accumulated = (TimeModel.ACCUMULATED,)
    return (
        Column(f"{lag} s", "lag, computation ignored", _seconds(lag), True),
        Column(f"{lag} CA s", "with compute, as it was met", _seconds(lag, AWARE), True),
        Column(f"{lag} CA∑ s", overlap, _seconds(lag, accumulated), True),
        Column("slope s/min", "how lag grows over a long recording", _figure("lag slope", 1, 3)),
    )


def _lags(points: Sequence[Scores], *, speech: bool) -> tuple[Column, ...]:
    """Every other lag: of speech, or of text."""
    names = dict.fromkeys(found.metric for scores in points for found in scores.lags)
    return tuple(
        _lag(name)
        for name in names
        if name.startswith(_OF_SPEECH) is speech and name != main_lag(points[0])
    )


_OF_SPEECH = ("Speech-", "Heard-", "Discontinuity", "SilenceShare")
_RATIOS = {"AP", "LongAP", "DiscontinuityNum", "SilenceShare"}


def _lag(name: str) -> Column:
    """A lag metric, computation ignored and, after a slash, with it."""
    scale = 1.0 if name in _RATIOS else 0.001

    def cell(row: Row) -> str:
        unaware = plain(row.lag(name).value * scale, 2)
        return f"{unaware} / {plain(row.lag(name, AWARE).value * scale, 2)}"

    return Column(name + ("" if name in _RATIOS else " s"), "ignoring / with compute", cell)


def _quality(name: str) -> Cell:
    return lambda row: spread(row.quality_of(name), 1, 1)


def _seconds(name: str, models: Sequence[TimeModel] = DELAY) -> Cell:
    return lambda row: spread(row.lag(name, models), 0.001, 2)


def _figure(name: str, scale: float, digits: int, models: Sequence[TimeModel | None] = ()) -> Cell:
    """A figure; of models the first that the log could answer for."""
    return lambda row: spread(row.figure(name, models or (None, TimeModel.DELAY)), scale, digits)


def _p(value: float | None) -> str:
    return NOTHING if value is None else plain(value, 3)


def _gap(found: Degeneracy | None) -> str:
    if found is None:
        return NOTHING
    return plain(found.gap, 1) + (" !" if found.degenerate else "")


_SIGNIFICANCE = (
    Column("p first", "of no difference in quality from the first row", lambda r: _p(r.first_p)),
    Column("p best", "of no difference in quality from the best row", lambda r: _p(r.best_p), True),
)
_PROMPTNESS = tuple(
    Column(
        f"{name} p{level}{' CA' if aware else ''} s",
        f"{explained}, {'median' if level == 50 else '95th percentile'}, "
        + ("with compute" if aware else "computation ignored"),
        _figure(f"{name} p{level}", 0.001, 2, (AWARE if aware else DELAY)),
    )
    for name, explained in (
        ("EVS", "ear-voice span: from the source that a word attends to until it is written"),
        ("first word", "from where speech begins until the first word is written"),
    )
    for level in (50, 95)
    for aware in (False, True)
)
_TRUST = (
    Column("coverage %", "voiced time that words attend to", _figure("coverage", 100, 1), True),
    Column("silent", "sentences without a word written", lambda r: str(r.scores.skipped), True),
    Column("terms %", "of the reference's terms, those written", _figure("terms", 100, 1), True),
    Column(
        "DSPTV",
        "degenerate-policy test: points; suspect beyond ±20, marked !",
        lambda row: _gap(row.scores.degeneracy),
    ),
)
_COST = (
    Column("NE", "normalised erasure of the tentative tail", _figure("NE", 1, 2)),
    Column("erased/120s", "words of the tentative tail erased", _figure("erased/120s", 1, 1)),
    Column("RTF", "compute time per source time", _figure("RTF", 1, 3), True),
)
_SPEECH = (
    Column("length", "target speech over source in length", _figure("speech length", 1, 2)),
    Column("SLC %", "recordings whose speech is within 20 % of it", _figure("SLC_0.2", 100, 0)),
    Column(
        "DSPTV heard",
        "degenerate-policy test over words as they are heard",
        lambda row: _gap(row.scores.speech_degeneracy),
    ),
)


def plain(value: float, digits: int) -> str:
    """A number, or a dash where there is none."""
    return f"{value:.{digits}f}" if isfinite(value) else NOTHING


def spread(estimate: Estimate, scale: float, digits: int) -> str:
    """A figure with half the width of its interval: `23.1 ±2.0`."""
    half = (estimate.high - estimate.low) / 2 * scale
    around = f" ±{plain(half, digits)}" if isfinite(half) else ""
    return plain(estimate.value * scale, digits) + around
