"""The report of a run: one HTML file that needs nothing else, and its curves as SVG and PNG."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from interp.evaluate.record.log import EmissionLog
from interp.evaluate.record.run_folder import Resolved
from interp.evaluate.report import curves, lag_charts, staircase
from interp.evaluate.report.figures import save_figures
from interp.evaluate.report.staircase import Told
from interp.evaluate.report.table import columns
from interp.evaluate.score.summary import Row, main_lag

WORST = 5
LONG_CHARTS = 4


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart with what is said under it."""

    caption: str
    picture: Markup


@dataclass(frozen=True, slots=True)
class Detail:
    """What is shown of one operating point when it is unfolded."""

    name: str
    signatures: tuple[str, ...]
    stairs: tuple[Drawn, ...]
    latest: tuple[Told, ...]
    poorest: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Key:
    """A line of the legend. number: of its colour."""

    label: str
    number: int


def write_report(
    out: Path, resolved: Resolved, logs: Sequence[EmissionLog], rows: Sequence[Row]
) -> None:
    """Write report.html, curves.svg and curves.png. rows: in the order of the logs."""
    found = curves.curves(rows)
    page = _environment().get_template("report.html.jinja")
    load = lag_charts.load_points(rows, logs)
    html = page.render(
        resolved=resolved,
        machine=resolved.environment,
        rows=rows,
        columns=columns([row.scores for row in rows]),
        lag=main_lag(rows[0].scores),
        curves=Markup(curves.draw(found)),
        legend=[Key(curve.label, number) for number, curve in enumerate(found.curves)],
        load=load,
        load_chart=Markup(lag_charts.draw_load(load)) if load else "",
        courses=_courses(rows),
        names=[Key(row.name, number) for number, row in enumerate(rows)],
        details=[_detail(row, log) for row, log in zip(rows, logs, strict=True)],
    )
    (out / "report.html").write_text(html, "utf-8")
    save_figures(found, out)


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _courses(rows: Sequence[Row]) -> list[Drawn]:
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
        drawn.append(Drawn(source, Markup(lag_charts.draw_course(lines))))
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
    return Detail(row.name, signatures, stairs, late[:WORST], tuple(judged[:WORST]))
