"""How lag goes on over time in a long recording, and over the number of sessions on a server."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import isfinite

import numpy as np

from interp.evaluate.record.log import EmissionLog
from interp.evaluate.report import svg
from interp.evaluate.report.staircase import Told
from interp.evaluate.score.summary import Row, sessions_of

WIDTH, HEIGHT = 860, 320


@dataclass(frozen=True, slots=True)
class LoadPoint:
    """One policy under one load. late_s: from when a word's source had arrived to its writing."""

    row: Row
    policy: str
    sessions: int
    late_p50_s: float
    late_p95_s: float


def load_points(rows: Sequence[Row], logs: Sequence[EmissionLog]) -> tuple[LoadPoint, ...]:
    """The rows of policies that were run with more than one number of sessions."""
    counts: dict[str, set[int]] = {}
    for log in logs:
        counts.setdefault(log.config.policy, set()).add(sessions_of(log.config))
    found = []
    for row, log in zip(rows, logs, strict=True):
        if len(counts[log.config.policy]) > 1:
            p50, p95 = _late_s(log)
            sessions = sessions_of(log.config)
            found.append(LoadPoint(row, log.config.policy, sessions, p50, p95))
    return tuple(sorted(found, key=lambda point: (point.policy, point.sessions)))


def _late_s(log: EmissionLog) -> tuple[float, float]:
    late = [
        (word.elapsed_ms - word.delay_ms) / 1000
        for instance in log.instances
        for word in instance.words
        if word.elapsed_ms is not None
    ]
    if not late:
        return float("nan"), float("nan")
    p50, p95 = np.quantile(late, [0.5, 0.95])
    return float(p50), float(p95)


def draw_load(points: Sequence[LoadPoint]) -> str:
    """Lag with compute over sessions: median lateness solid, 95th percentile dashed."""
    lines = [(name, list(group)) for name, group in groupby(points, key=lambda p: p.policy)]
    frame = _frame(
        title="Lateness of words against the number of concurrent sessions",
        across=[p.sessions for p in points],
        up=[p.late_p95_s for p in points],
        labels=("sessions at a time", "seconds late"),
        keys=[
            *_keys([name for name, _ in lines]),
            svg.Key("solid: median", "unaware plainly", None),
            svg.Key("dashed: 95th percentile", "aware plainly", None),
        ],
    )
    content = []
    for number, (name, group) in enumerate(lines):
        colour = svg.series(number)
        median = [(frame.x(p.sessions), frame.y(p.late_p50_s)) for p in group]
        tail = [(frame.x(p.sessions), frame.y(p.late_p95_s)) for p in group]
        content += [svg.path(median, f"unaware {colour}"), svg.path(tail, f"aware {colour}")]
        for point, (x, y) in zip(group, median, strict=True):
            said = f"{name}, {point.sessions} sessions: {point.late_p50_s:.2f} s"
            content.append(svg.dot(x, y, f"mark {colour}", said, number))
    return frame.draw(*content)


def draw_over_time(lines: Sequence[tuple[str, Sequence[Told]]]) -> str:
    """Lag of each sentence over where it begins in its recording; a line per operating point."""
    known = [(name, [t for t in group if isfinite(t.lag_s)]) for name, group in lines]
    frame = _frame(
        title="Lag of each sentence over the time of the recording",
        across=[t.sentence.start_ms / 60_000 for _, group in known for t in group],
        up=[t.lag_s for _, group in known for t in group],
        labels=("minutes into the recording", "lag, seconds"),
        keys=_keys([name for name, _ in known]),
    )
    content = []
    for number, (name, group) in enumerate(known):
        colour = svg.series(number)
        places = [(frame.x(t.sentence.start_ms / 60_000), frame.y(t.lag_s)) for t in group]
        content.append(svg.path(places, f"unaware {colour}"))
        for told, (x, y) in zip(group, places, strict=True):
            content.append(svg.dot(x, y, f"mark {colour}", f"{name}: {told.lag_s:.2f} s", number))
    return frame.draw(*content)


def _keys(names: Sequence[str]) -> list[svg.Key]:
    return [svg.Key(name, f"unaware {svg.series(n)}", n) for n, name in enumerate(names)]


@dataclass(frozen=True, slots=True)
class _Legended:
    """Axes with a legend under them."""

    frame: svg.Frame
    keys: Sequence[svg.Key]

    @property
    def x(self) -> svg.Scale:
        """Across."""
        return self.frame.x

    @property
    def y(self) -> svg.Scale:
        """Up."""
        return self.frame.y

    def draw(self, *content: str) -> str:
        """The whole <svg>."""
        return self.frame.draw(*content, svg.legend(self.keys, 60, HEIGHT, WIDTH - 80))


def _frame(
    title: str,
    across: Sequence[float],
    up: Sequence[float],
    labels: tuple[str, str],
    keys: Sequence[svg.Key],
) -> _Legended:
    """Axes that begin at 0, or below it where a value does."""
    return _Legended(
        svg.Frame(
            title=title,
            x=svg.spanned(across, 60, WIDTH - 20, from_zero=True),
            y=svg.spanned([*up, 0.0], HEIGHT - 60, 40, from_zero=min(up, default=0.0) >= 0),
            x_label=labels[0],
            y_label=labels[1],
            width=WIDTH,
            height=HEIGHT + svg.legend_height(keys, WIDTH - 80),
        ),
        keys,
    )
