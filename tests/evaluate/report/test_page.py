import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

from interp.evaluate.record.log import Emission, EmissionLog, Stretch
from interp.evaluate.report.conclude import conclude
from tests.fakes.run_folders import QUICK, named, save, short_runs
from tests.fakes.runs import joined, made_run


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


def test_colours_are_chosen_by_the_readers_own_theme(tmp_path: Path) -> None:
    save(tmp_path, *short_runs())
    conclude(tmp_path, QUICK)
    html = (tmp_path / "report.html").read_text("utf-8")
    assert "prefers-color-scheme: dark" in html
    chart = html[html.index("<svg") : html.index("</svg>")]
    assert not re.search(r"(fill|stroke)=", chart)  # only by the style sheet


def test_silence_before_the_speech_has_a_table_of_differences(tmp_path: Path) -> None:
    run = made_run(3, 10)
    save(tmp_path, named(run, "waitk:k=3"), named(run, "waitk:k=3", lead_silence_ms=2000))
    conclude(tmp_path, QUICK)
    html = (tmp_path / "report.html").read_text("utf-8")
    assert "Silence before the speech" in html
    assert "+0.0 (+0.0 to +0.0)" in html
    assert "+0.00 (+0.00 to +0.00)" in html


def test_sections_that_have_nothing_to_show_are_left_out(tmp_path: Path) -> None:
    save(tmp_path, *short_runs())
    conclude(tmp_path, QUICK)
    html = (tmp_path / "report.html").read_text("utf-8")
    for absent in ("Silence before", "Under load", "Lag over time", "not drawn"):
        assert absent not in html


def test_every_row_of_the_table_has_a_cell_for_every_column(tmp_path: Path) -> None:
    save(tmp_path, *short_runs())
    conclude(tmp_path, QUICK)
    html = (tmp_path / "report.html").read_text("utf-8")
    table = html[html.index("<table>") : html.index("</table>")]
    groups, titles, *rows = re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
    columns = titles.count("<th") - 1
    assert sum(map(int, re.findall(r'colspan="(\d+)"', groups))) == columns
    assert [row.count("<td") for row in rows] == [columns] * 3
    assert "quality" in groups
    # Each group begins with a line, in the head and in the rows.
    begins = titles.count('class="begins"')
    assert begins == groups.count("colspan")
    assert all(row.count('class="begins"') == begins for row in rows)


def test_what_cannot_be_drawn_is_named(tmp_path: Path) -> None:
    mute = replace(
        made_run(3, 4),
        instances=tuple(replace(i, words=()) for i in made_run(3, 4).instances),
    )
    save(tmp_path, named(made_run(3, 4), "waitk:k=1"), named(mute, "mute"))
    conclude(tmp_path, QUICK)
    html = (tmp_path / "report.html").read_text("utf-8")
    assert re.search(r"not drawn:\s*<code>mute</code>", html)


def test_speech_that_was_lost_is_listed_longest_first(tmp_path: Path) -> None:
    run = made_run(3, 4)
    instances = tuple(
        replace(
            i,
            source_length_ms=20_000.0,
            voiced=(Stretch(0.0, 8000.0 + 1000 * i.index),),
            words=(Emission(" one", 900.0, source_end_ms=500.0),),
        )
        for i in run.instances
    )
    save(tmp_path, named(replace(run, instances=instances), "waitk:k=1"))
    conclude(tmp_path, QUICK)
    html = (tmp_path / "report.html").read_text("utf-8")
    table = html[html.index("Speech that no written word attends to") :]
    found = re.findall(
        r"<td>([\d.]+)</td>\s*<td>([\d.]+)</td></tr>", table[: table.index("</table>")]
    )
    assert found == [("1.5", f"{end}.0") for end in (11, 10, 9, 8)]
