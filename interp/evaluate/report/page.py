"""The report of a run: one HTML file that needs nothing else, and its curves as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from interp.evaluate.record.log import EmissionLog
from interp.evaluate.record.run_folder import Resolved
from interp.evaluate.report import curves, lag_charts, staircase, svg
from interp.evaluate.report.silence import silence_points
from interp.evaluate.report.staircase import Told
from interp.evaluate.report.table import groups
from interp.evaluate.score.coverage import lost_clauses, voiced_ms
from interp.evaluate.score.summary import Row, main_lag

WORST = 5
LONG_CHARTS = 4


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart with what is said under it."""

    caption: str
    picture: Markup


@dataclass(frozen=True, slots=True)
class Lost:
    """Speech that no written word attends to."""

    source: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Detail:
    """What is shown of one operating point when it is unfolded."""

    name: str
    signatures: tuple[str, ...]
    stairs: tuple[Drawn, ...]
    latest: tuple[Told, ...]
    poorest: tuple[Told, ...]
    lost: tuple[Lost, ...]


def write_report(
    out: Path, resolved: Resolved, logs: Sequence[EmissionLog], rows: Sequence[Row]
) -> None:
    """Write report.html and curves.svg. rows: in the order of the logs."""
    found = curves.curves(rows)
    chart = curves.draw(found)
    page = _environment().get_template("report.html.jinja")
    load = lag_charts.load_points(rows, logs)
    html = page.render(
        resolved=resolved,
        machine=resolved.environment,
        rows=rows,
        groups=groups(rows),
        lag=main_lag(rows[0].scores),
        curves=Markup(chart),
        missing=found.missing,
        load=load,
        load_chart=Markup(lag_charts.draw_load(load)) if load else "",
        silences=silence_points(rows),
        talks=_talks(rows),
        details=[_detail(row, log) for row, log in zip(rows, logs, strict=True)],
    )
    (out / "report.html").write_text(html, "utf-8")
    (out / "curves.svg").write_text(svg.standalone(chart), "utf-8")


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _talks(rows: Sequence[Row]) -> list[Drawn]:
    """Lag over time of the first long recordings."""
    said = [(row.name, staircase.told(row.scores)) for row in rows]
    recordings = dict.fromkeys(
        (t.sentence.instance, t.sentence.source)
        for _, group in said
        for t in group
        if t.sentence.recording_end_ms is not None
    )
    drawn = []
    for index, source in list(recordings)[:LONG_CHARTS]:
        lines = [(name, [t for t in group if t.sentence.instance == index]) for name, group in said]
        drawn.append(Drawn(source, Markup(lag_charts.draw_over_time(lines))))
    return drawn


def _detail(row: Row, log: EmissionLog) -> Detail:
    every = staircase.told(row.scores)
    late = staircase.by_lag(every)
    instances = {instance.index: instance for instance in log.instances}
    chosen = {"latest": late[:1], "median": late[len(late) // 2 : len(late) // 2 + 1]}
    stairs = tuple(
        Drawn(
            f"{one.sentence.source}: the {kind} sentence, {one.lag_s:.2f} s",
            Markup(staircase.draw(one.sentence, instances[one.sentence.instance], row.scores)),
        )
        for kind, found in chosen.items()
        for one in found
    )
    judged = sorted((t for t in every if isfinite(t.chrf)), key=lambda t: t.chrf)
    signatures = tuple(quality.metric.signature for quality in row.scores.quality)
    return Detail(row.name, signatures, stairs, late[:WORST], tuple(judged[:WORST]), _lost(log))


def _lost(log: EmissionLog) -> tuple[Lost, ...]:
    """The longest speech that no word attends to, where the log tells what words attend to."""
    found = [
        Lost(instance.source, stretch.start_ms / 1000, stretch.end_ms / 1000)
        for instance in log.instances
        if voiced_ms(instance)
        for stretch in lost_clauses(instance)
    ]
    return tuple(sorted(found, key=lambda each: each.start_s - each.end_s)[:WORST])
