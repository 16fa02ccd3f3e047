"""What silence before the speech does to a policy: nothing, it should be."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

from interp.evaluate.record.timelines import TimeModel
from interp.evaluate.score.bootstrap import Difference
from interp.evaluate.score.compare import compare
from interp.evaluate.score.summary import Row, lead_silence_of, main_lag, main_quality, sessions_of

UNKNOWN = Difference(nan, nan, nan, nan)


@dataclass(frozen=True, slots=True)
class SilencePoint:
    """A policy after some silence, less the same without. lag: in ms, computation ignored."""

    policy: str
    silence_s: float
    quality: Difference
    lag: Difference


def silence_points(rows: Sequence[Row]) -> tuple[SilencePoint, ...]:
    """Every row after silence of which there is one without, by policy and silence."""
    plain = {_key(row): row for row in rows if not lead_silence_of(row.scores.config)}
    found = []
    for row in rows:
        silence_ms = lead_silence_of(row.scores.config)
        before = plain.get(_key(row))
        if silence_ms and before is not None:
            quality, lag = _differences(before, row)
            policy = row.scores.config.policy
            found.append(SilencePoint(policy, silence_ms / 1000, quality, lag))
    return tuple(sorted(found, key=lambda point: (point.policy, point.silence_s)))


def _key(row: Row) -> tuple[str, int]:
    return row.scores.config.policy, sessions_of(row.scores.config)


def _differences(before: Row, after: Row) -> tuple[Difference, Difference]:
    found = {(f.metric, f.model): f.difference for f in compare(before.scores, after.scores)}
    return (
        found.get((main_quality(after.scores), None), UNKNOWN),
        found.get((main_lag(after.scores), TimeModel.DELAY), UNKNOWN),
    )
