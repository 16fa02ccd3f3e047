"""Search of policies for the best quality under a lag bound, by successive halving.

Every candidate runs on a small random part of the manifest; the better half goes on to a part twice
as large, until few are left, which run on all of it (Jamieson and Talwalkar 2016, budget = clips).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf, isfinite
from typing import TypeAlias

import numpy as np

from interp.evaluate.record.sweep import expand
from interp.evaluate.record.timelines import TimeModel
from interp.evaluate.score.bootstrap import Difference
from interp.evaluate.score.scores import Scores
from interp.evaluate.score.summary import AWARE, Row, quality_difference, rows

SPACE = (
    "waitk:k=1|2|3|5|7,unit_ms=320|500",
    "waitk:k=1|3|5,guard_ms=200|400",
    "waitk-adaptive:k_min=1|2,k_max=4|8",
    "agree:n=2,unit_ms=320|500|1000",
    "hold:n=2|4,unit_ms=500|1000",
    "alignatt:guard_ms=100|200|400|600|800|1000|1400,unit_ms=320|500",
)
"""What is searched unless sweeps are given; every policy but offline and fixed."""

FIRST_CLIPS = 16
FINALISTS = 4
SIGNIFICANT_P = 0.05
"""From this p on a difference in quality may be chance."""

SLACK = 1.1
"""A lag this many times the bound may still come under it on other clips."""

Measure: TypeAlias = Callable[[Sequence[str], Sequence[int]], Sequence[Scores]]
"""Scores of policies, in order, over the clips of these indices."""


@dataclass(frozen=True, slots=True)
class Bound:
    """What is asked. metric: a lag; aware: with compute, as it was met."""

    max_lag_ms: float
    metric: str = "LAAL"
    aware: bool = False


@dataclass(frozen=True, slots=True)
class Rung:
    """One round of the search: over how many clips, what was run, what went on."""

    clips: int
    rows: tuple[Row, ...]
    kept: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rival:
    """A finalist within the bound that is not told apart from the chosen one.

    quality: its quality less the chosen one's.
    """

    row: Row
    quality: Difference


@dataclass(frozen=True, slots=True)
class Tuned:
    """rungs: the whole search, the last over all clips. chosen: None if nothing keeps the bound.

    rivals: while there are any, the choice is one among equals.
    """

    rungs: tuple[Rung, ...]
    front: tuple[Row, ...]
    chosen: Row | None
    rivals: tuple[Rival, ...]


def candidates(sweeps: Sequence[str]) -> tuple[str, ...]:
    """Policies to search; SPACE where no sweep is given. Raises EvaluationError."""
    return tuple(dict.fromkeys(point for sweep in sweeps or SPACE for point in expand(sweep)))


def tune(
    policies: Sequence[str], clips: int, bound: Bound, measure: Measure, seed: int = 0
) -> Tuned:
    """Successive halving over nested random subsets of `clips` clips."""
    order = [int(index) for index in np.random.default_rng(seed).permutation(clips)]
    left, size = tuple(policies), min(FIRST_CLIPS, clips)
    rungs: list[Rung] = []
    while True:
        last = size >= clips
        found = rows(measure(left, order[:size]))
        ranked = sorted(found, key=lambda row: rank(row, bound, 1.0 if last else SLACK))
        keep = max(FINALISTS, -(-len(left) // 2))
        kept = tuple(row.name for row in (ranked[:1] if last else ranked[:keep]))
        rungs.append(Rung(size, found, kept))
        if last:
            within = [row for row in ranked if lag_ms(row, bound) <= bound.max_lag_ms]
            return Tuned(
                rungs=tuple(rungs),
                front=pareto(found, bound),
                chosen=within[0] if within else None,
                rivals=rivals(within),
            )
        size = clips if len(kept) <= FINALISTS else min(2 * size, clips)
        left = tuple(policy for policy in left if policy in kept)


def rivals(ranked: Sequence[Row]) -> tuple[Rival, ...]:
    """Of rows, best first, those that a paired bootstrap does not tell from the first."""
    pairs = ((row, quality_difference(ranked[0], row)) for row in ranked[1:])
    return tuple(
        Rival(row, difference)
        for row, difference in pairs
        if difference is not None and difference.p_value >= SIGNIFICANT_P
    )


def lag_ms(row: Row, bound: Bound) -> float:
    """The lag that is bounded; infinite where the row has none."""
    models = AWARE if bound.aware else (TimeModel.DELAY,)
    value = row.lag(bound.metric, models).value
    return value if isfinite(value) else inf


def rank(row: Row, bound: Bound, slack: float) -> tuple[bool, float]:
    """Sort key: those within the bound by quality, best first, then the others by lag."""
    lag = lag_ms(row, bound)
    within = lag <= bound.max_lag_ms * slack
    return not within, -row.quality.value if within else lag


def pareto(found: Sequence[Row], bound: Bound) -> tuple[Row, ...]:
    """Rows that no other beats in both lag and quality, by lag."""
    known = sorted(
        (row for row in found if isfinite(lag_ms(row, bound)) and isfinite(row.quality.value)),
        key=lambda row: (lag_ms(row, bound), -row.quality.value),
    )
    front: list[Row] = []
    for row in known:
        if not front or row.quality.value > front[-1].quality.value:
            front.append(row)
    return tuple(front)
