"""Quality against lag: what the curves are, and their drawing."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from interp.evaluate.record.sweep import families
from interp.evaluate.report import svg
from interp.evaluate.score.bootstrap import Estimate
from interp.evaluate.score.summary import Row, main_lag, main_quality

REGIMES_S = (2.0, 4.0)
"""Low and high latency, as the IWSLT simultaneous track bounds them."""

WIDTH, HEIGHT = 860, 460


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One operating point. mark: the value of the swept parameter. aware_s: NaN if unknown."""

    name: str
    mark: str
    lag_s: Estimate
    aware_s: float
    quality: Estimate


@dataclass(frozen=True, slots=True)
class Curve:
    """One family of points, by lag."""

    label: str
    points: tuple[CurvePoint, ...]


@dataclass(frozen=True, slots=True)
class Curves:
    """All of a run. offline: quality without any latency bound, or None. missing: points without
    quality or lag, which cannot be drawn."""

    quality: str
    lag: str
    curves: tuple[Curve, ...]
    offline: Estimate | None
    missing: tuple[str, ...]


def curves(rows: Sequence[Row]) -> Curves:
    """Curves of the rows that have quality and lag; the first offline one becomes a level."""
    known = [row for row in rows if isfinite(row.quality.value) and isfinite(row.lag_ms.value)]
    offline = next((row for row in known if row.name.startswith("offline")), None)
    others = [row for row in known if row is not offline]
    return Curves(
        quality=main_quality(rows[0].scores),
        lag=main_lag(rows[0].scores),
        curves=tuple(
            Curve(
                family.label,
                tuple(
                    sorted(
                        (_point(others[i], family.swept) for i in family.members),
                        key=lambda point: point.lag_s.value,
                    )
                ),
            )
            for family in families([row.name for row in others])
        ),
        offline=offline.quality if offline else None,
        missing=tuple(row.name for row in rows if row not in known),
    )


def _point(row: Row, swept: str) -> CurvePoint:
    given = dict(pair.partition("=")[::2] for pair in row.name.partition(":")[2].split(","))
    lag = row.lag_ms
    return CurvePoint(
        row.name,
        given.get(swept, ""),
        Estimate(lag.value / 1000, lag.low / 1000, lag.high / 1000, lag.instances),
        row.aware_ms.value / 1000,
        row.quality,
    )


def draw(found: Curves) -> str:
    """The chart: computation-unaware solid with 95 % intervals, computation-aware dashed, offline
    as a level with its interval. Both axes begin at 0."""
    keys = _keys(found)
    rows = svg.legend_height(keys, WIDTH - 80)
    points = [point for curve in found.curves for point in curve.points]
    lags = [s for p in points for s in (p.lag_s.value, p.lag_s.high, p.aware_s) if isfinite(s)]
    levels = [q for p in points for q in (p.quality.value, p.quality.high) if isfinite(q)]
    if found.offline is not None:
        levels += [q for q in (found.offline.value, found.offline.high) if isfinite(q)]
    frame = svg.Frame(
        title=f"{found.quality} against {found.lag} for every operating point",
        x=svg.spanned([*lags, max(REGIMES_S)], 60, WIDTH - 20, from_zero=True),
        y=svg.spanned(levels, HEIGHT - 60, 40, from_zero=True),
        x_label=f"{found.lag}, seconds",
        y_label=found.quality,
        width=WIDTH,
        height=HEIGHT + rows,
    )
    content = [_regimes(frame)]
    if found.offline is not None:
        content.append(_level(frame, found.offline))
    content += [_curve(frame, curve, number) for number, curve in enumerate(found.curves)]
    content.append(svg.legend(keys, 60, HEIGHT, WIDTH - 80))
    return frame.draw(*content)


def _keys(found: Curves) -> list[svg.Key]:
    """A key for each thing that is drawn, and none for what is not."""
    points = [point for curve in found.curves for point in curve.points]
    keys = [
        svg.Key(curve.label, f"unaware {svg.series(n)}" if len(curve.points) > 1 else "", n)
        for n, curve in enumerate(found.curves)
    ]
    if any(isfinite(point.aware_s) for point in points):
        keys.append(svg.Key("dashed, hollow: with compute, as it was met", "aware plainly", None))
    if any(isfinite(p.quality.low) or isfinite(p.lag_s.low) for p in points):
        keys.append(svg.Key("bars: 95 % interval over sentences", "bar plainly", None))
    if found.offline is not None:
        keys.append(svg.Key("offline, with its interval", "offline", None))
    keys.append(svg.Key("bounds of low and high latency", "regime", None))
    return keys


def _regimes(frame: svg.Frame) -> str:
    parts = []
    for regime in REGIMES_S:
        x = frame.x(regime)
        parts.append(svg.line(x, frame.y.start, x, frame.y.end, "regime"))
        parts.append(svg.text(x - 5, frame.y.end + 10, f"{regime:g} s", "tick end"))
    return "".join(parts)


def _level(frame: svg.Frame, quality: Estimate) -> str:
    y = frame.y(quality.value)
    band = ""
    if isfinite(quality.low):
        top, bottom = frame.y(quality.high), frame.y(quality.low)
        band = svg.area(frame.x.start, top, frame.x.end, bottom, "band")
    return (
        band
        + svg.line(frame.x.start, y, frame.x.end, y, "offline")
        + svg.text(frame.x.end, y - 6, f"offline {quality.value:.1f}", "tick end")
    )


def _curve(frame: svg.Frame, curve: Curve, number: int) -> str:
    colour = svg.series(number)
    aware = sorted((p for p in curve.points if isfinite(p.aware_s)), key=lambda p: p.aware_s)
    solid = [(frame.x(p.lag_s.value), frame.y(p.quality.value)) for p in curve.points]
    dashed = [(frame.x(p.aware_s), frame.y(p.quality.value)) for p in aware]
    parts = [svg.path(dashed, f"aware {colour}"), svg.path(solid, f"unaware {colour}")]
    for point in curve.points:
        parts.append(_bars(frame, point, colour))
        told = f"{point.name}: {_told(point.quality, 1)} at {_told(point.lag_s, 2)} s"
        y = frame.y(point.quality.value)
        if isfinite(point.aware_s):
            told += f", {point.aware_s:.2f} s with compute"
            parts.append(svg.dot(frame.x(point.aware_s), y, f"hollow {colour}", told, number))
        x = frame.x(point.lag_s.value)
        parts.append(svg.dot(x, y, f"mark {colour}", told, number))
        parts.append(svg.text(x + 8, y - 6, point.mark, "tick"))
    return "".join(parts)


def _bars(frame: svg.Frame, point: CurvePoint, colour: str) -> str:
    """The 95 % intervals of quality and of lag."""
    x, y = frame.x(point.lag_s.value), frame.y(point.quality.value)
    parts = []
    if isfinite(point.quality.low):
        low, high = frame.y(point.quality.low), frame.y(point.quality.high)
        parts.append(svg.line(x, low, x, high, f"bar {colour}"))
    if isfinite(point.lag_s.low):
        low, high = frame.x(point.lag_s.low), frame.x(point.lag_s.high)
        parts.append(svg.line(low, y, high, y, f"bar {colour}"))
    return "".join(parts)


def _told(estimate: Estimate, digits: int) -> str:
    if not isfinite(estimate.low):
        return f"{estimate.value:.{digits}f}"
    low, high = f"{estimate.low:.{digits}f}", f"{estimate.high:.{digits}f}"
    return f"{estimate.value:.{digits}f} ({low} to {high})"
