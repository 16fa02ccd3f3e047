"""Quality against lag: what the curves are, and their drawing."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from interp.evaluate.record.sweep import families
from interp.evaluate.report import svg
from interp.evaluate.score.summary import Row, main_lag, main_quality

REGIMES_S = (2.0, 4.0)
"""Low and high latency, as the IWSLT simultaneous track bounds them."""

WIDTH, HEIGHT = 860, 460


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One operating point. mark: the value of the swept parameter. aware_s: NaN if unknown."""

    name: str
    mark: str
    lag_s: float
    aware_s: float
    quality: float


@dataclass(frozen=True, slots=True)
class Curve:
    """One family of points, by lag."""

    label: str
    points: tuple[CurvePoint, ...]


@dataclass(frozen=True, slots=True)
class Curves:
    """All of a run. offline: quality without any latency bound, or None."""

    quality: str
    lag: str
    curves: tuple[Curve, ...]
    offline: float | None


def curves(rows: Sequence[Row]) -> Curves:
    """Curves of the rows that have quality and lag; offline becomes a level."""
    known = [row for row in rows if isfinite(row.quality.value) and isfinite(row.lag_ms.value)]
    offline = [row for row in known if row.name.startswith("offline")]
    others = [row for row in known if row not in offline]
    return Curves(
        quality=main_quality(rows[0].scores),
        lag=main_lag(rows[0].scores),
        curves=tuple(
            Curve(
                family.label,
                tuple(
                    sorted(
                        (_point(others[i], family.swept) for i in family.members),
                        key=lambda point: point.lag_s,
                    )
                ),
            )
            for family in families([row.name for row in others])
        ),
        offline=offline[0].quality.value if offline else None,
    )


def _point(row: Row, swept: str) -> CurvePoint:
    given = dict(pair.partition("=")[::2] for pair in row.name.partition(":")[2].split(","))
    return CurvePoint(
        row.name,
        given.get(swept, ""),
        row.lag_ms.value / 1000,
        row.aware_ms.value / 1000,
        row.quality.value,
    )


def draw(found: Curves) -> str:
    """The chart: computation-unaware solid, computation-aware dashed, offline as a level."""
    points = [point for curve in found.curves for point in curve.points]
    lags = [s for p in points for s in (p.lag_s, p.aware_s) if isfinite(s)]
    levels = [p.quality for p in points]
    if found.offline is not None:
        levels.append(found.offline)
    frame = svg.Frame(
        title=f"{found.quality} against {found.lag} for every operating point",
        x=svg.spanned([*lags, max(REGIMES_S)], 60, WIDTH - 20, from_zero=True),
        y=svg.spanned(levels, HEIGHT - 60, 40),
        x_label=f"{found.lag}, seconds",
        y_label=found.quality,
        width=WIDTH,
        height=HEIGHT,
    )
    content = [_regimes(frame)]
    if found.offline is not None:
        content.append(_level(frame, found.offline))
    content += [_curve(frame, curve, number) for number, curve in enumerate(found.curves)]
    return frame.draw(*content)


def _regimes(frame: svg.Frame) -> str:
    parts = []
    for regime in REGIMES_S:
        x = frame.x(regime)
        parts.append(svg.line(x, frame.y.start, x, frame.y.end, "regime"))
        parts.append(svg.text(x - 5, frame.y.end + 10, f"{regime:g} s", "tick end"))
    return "".join(parts)


def _level(frame: svg.Frame, quality: float) -> str:
    y = frame.y(quality)
    return svg.line(frame.x.start, y, frame.x.end, y, "offline") + svg.text(
        frame.x.end, y - 6, f"offline {quality:.1f}", "tick end"
    )


def _curve(frame: svg.Frame, curve: Curve, number: int) -> str:
    colour = svg.series(number)
    aware = sorted((p for p in curve.points if isfinite(p.aware_s)), key=lambda p: p.aware_s)
    parts = [
        svg.path([(frame.x(p.aware_s), frame.y(p.quality)) for p in aware], f"aware {colour}"),
        svg.path(
            [(frame.x(p.lag_s), frame.y(p.quality)) for p in curve.points], f"unaware {colour}"
        ),
    ]
    for point in curve.points:
        told = f"{point.name}: {point.quality:.1f} at {point.lag_s:.2f} s"
        if isfinite(point.aware_s):
            told += f", {point.aware_s:.2f} s with compute"
            x, y = frame.x(point.aware_s), frame.y(point.quality)
            parts.append(svg.dot(x, y, f"hollow {colour}", told))
        x, y = frame.x(point.lag_s), frame.y(point.quality)
        parts.append(svg.dot(x, y, f"mark {colour}", told))
        parts.append(svg.text(x + 8, y - 6, point.mark, "tick"))
    return "".join(parts)
