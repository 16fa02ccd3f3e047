import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from interp.evaluate.record.log import EmissionLog, write_log
from interp.evaluate.record.run_folder import Resolved, environment, log_path, write_config
from interp.evaluate.report.conclude import conclude
from interp.evaluate.score.scores import ScoreConfig, score
from interp.evaluate.score.summary import rows
from tests.fakes.runs import joined, made_run

QUICK = ScoreConfig(resamples=20)


class Page(HTMLParser):
    """What a browser would fetch or run, and the elements that carry the content."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: list[str] = []
        self.classes: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name in {"src", "href", "srcset", "data"}:
                self.links.append(value or "")
            if name == "class":
                self.classes += (value or "").split()


def named(log: EmissionLog, policy: str, **settings: int) -> EmissionLog:
    config = replace(log.config, policy=policy, settings={**log.config.settings, **settings})
    return replace(log, config=config)


def save(out: Path, *logs: EmissionLog) -> None:
    """A run folder as `interp eval` leaves it before scoring."""
    paths = [log_path(out, f"{n} {log.config.policy}") for n, log in enumerate(logs)]
    for path, log in zip(paths, logs, strict=True):
        write_log(path, log)
    write_config(
        out,
        Resolved(
            manifest="made up",
            clips=len(logs[0].instances),
            policies=tuple(log.config.policy for log in logs),
            logs=tuple(str(path.relative_to(out)) for path in paths),
            source_language="fr",
            target_language="en",
            model="fake",
            model_sha256="",
            server="",
            sessions=(1,) * len(logs),
            workers=1,
            environment=environment(),
        ),
    )


def short_runs() -> list[EmissionLog]:
    return [
        named(made_run(3, 20, accuracy=0.9), "offline"),
        named(made_run(3, 20, accuracy=0.4), "waitk:k=1"),
        named(made_run(3, 20, accuracy=0.7), "waitk:k=3"),
    ]


def test_the_report_is_one_file_that_fetches_nothing(tmp_path: Path) -> None:
    save(tmp_path, *short_runs())
    conclude(tmp_path, QUICK)
    html = (tmp_path / "report.html").read_text("utf-8")
    page = Page(html)
    assert page.links == ["data:,"]  # an empty icon, so that none is asked for
    assert not {"script", "iframe", "img"} & set(page.tags)
    assert "url(" not in html
    assert "@import" not in html


def test_curves_levels_regimes_and_staircases_are_drawn(tmp_path: Path) -> None:
    save(tmp_path, *short_runs())
    conclude(tmp_path, QUICK)
    page = Page((tmp_path / "report.html").read_text("utf-8"))
    assert page.tags.count("svg") == 1 + 2 * 3  # curves, then median and latest of each point
    assert page.tags.count("details") == 3
    assert {"unaware", "aware", "offline", "regime", "ideal", "bar"} <= set(page.classes)
    assert (tmp_path / "curves.svg").read_text("utf-8").startswith("<svg xmlns=")


def test_text_of_a_run_cannot_become_markup(tmp_path: Path) -> None:
    run = named(made_run(3, 5), "waitk:k=1")
    word = replace(run.instances[0].words[0], text=" <script>alert(1)</script>")
    bad = replace(run.instances[0], words=(word,), reference="<b>bold</b>")
    save(tmp_path, replace(run, instances=(bad, *run.instances[1:])))
    conclude(tmp_path, QUICK)
    html = (tmp_path / "report.html").read_text("utf-8")
    assert "<script" not in html
    assert "<b>" not in html
    assert "&lt;script&gt;" in html


def test_metrics_json_holds_every_point_in_order(tmp_path: Path) -> None:
    save(tmp_path, *short_runs())
    found = conclude(tmp_path, QUICK)
    points = json.loads((tmp_path / "metrics.json").read_text("utf-8"))["points"]
    assert [point["config"]["policy"] for point in points] == ["offline", "waitk:k=1", "waitk:k=3"]
    assert points[1]["quality"]["BLEU"]["value"] == pytest.approx(found[1].quality.value)
    assert points[1]["lag"]["delay"]["LAAL"]["value"] == pytest.approx(found[1].lag_ms.value)


def test_long_recordings_show_lag_over_time(tmp_path: Path) -> None:
    talk = joined(made_run(3, 12))
    log = EmissionLog(named(made_run(3, 1), "waitk:k=3").config, (talk,))
    save(tmp_path, log)
    (row,) = conclude(tmp_path, QUICK)
    html = (tmp_path / "report.html").read_text("utf-8")
    assert "Lag over time" in html
    assert "StreamLAAL" in html
    assert row.lag_ms.value == row.scores.lag("StreamLAAL").estimate.value


def test_load_points_give_a_table_over_sessions(tmp_path: Path) -> None:
    run = made_run(3, 10)
    save(tmp_path, named(run, "waitk:k=3"), named(run, "waitk:k=3", sessions=8))
    found = conclude(tmp_path, QUICK)
    assert [row.name for row in found] == ["waitk:k=3", "waitk:k=3,sessions=8"]
    assert "Under load" in (tmp_path / "report.html").read_text("utf-8")


def test_exports_are_written_where_asked(tmp_path: Path) -> None:
    save(tmp_path, *short_runs())
    conclude(tmp_path, QUICK, exports=["simuleval"])
    logs = sorted((tmp_path / "exports" / "simuleval").glob("*/instances.log"))
    assert len(logs) == 3


def test_significance_is_against_the_first_and_the_best() -> None:
    first, worse, best = (
        score(named(made_run(3, 40, accuracy=accuracy), f"p:a={accuracy}"), QUICK)
        for accuracy in (0.5, 0.1, 0.95)
    )
    found = rows([first, worse, best])
    assert (found[0].first_p, found[2].best_p) == (None, None)
    assert found[1].best_p is not None
    assert found[1].best_p < 0.1
    assert found[2].first_p is not None
    assert found[2].first_p < 0.1


def test_colours_are_chosen_by_the_readers_own_theme(tmp_path: Path) -> None:
    save(tmp_path, *short_runs())
    conclude(tmp_path, QUICK)
    html = (tmp_path / "report.html").read_text("utf-8")
    assert "prefers-color-scheme: dark" in html
    chart = html[html.index("<svg") : html.index("</svg>")]
    assert not re.search(r"(fill|stroke)=", chart)  # only by the style sheet
