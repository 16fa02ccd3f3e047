import re
from dataclasses import replace
from math import isnan

import pytest

from interp.evaluate.record.log import EmissionLog
from interp.evaluate.report.curves import curves, draw
from interp.evaluate.score.scores import ScoreConfig, score
from interp.evaluate.score.summary import rows
from tests.fakes.run_folders import QUICK, named, short_runs
from tests.fakes.runs import made_run


def drawn(*logs: EmissionLog) -> str:
    return draw(curves(rows([score(log, QUICK) for log in logs])))


def keys(chart: str) -> list[str]:
    return re.findall(r'class="key">([^<]*)<', chart)


def test_curves_leave_offline_to_its_level_and_run_along_k() -> None:
    found = curves(rows([score(log, QUICK) for log in short_runs()]))
    (curve,) = found.curves
    assert found.offline is not None
    assert curve.label == "waitk"
    assert sorted(point.mark for point in curve.points) == ["1", "3"]
    assert all(point.aware_s > point.lag_s.value for point in curve.points)
    lags = [point.lag_s.value for point in curve.points]
    assert lags == sorted(lags)


def test_a_second_offline_point_is_drawn_and_not_dropped() -> None:
    logs = [named(made_run(3, 20), "offline"), named(made_run(3, 20), "offline", sessions=4)]
    found = curves(rows([score(log, QUICK) for log in logs]))
    assert [point.name for curve in found.curves for point in curve.points] == [
        "offline:sessions=4"
    ]


def test_points_have_their_interval_in_both_directions() -> None:
    found = curves(rows([score(log, QUICK) for log in short_runs()]))
    for point in found.curves[0].points:
        assert point.lag_s.low < point.lag_s.value < point.lag_s.high
        assert point.quality.low < point.quality.value < point.quality.high
    bars = re.findall(r'<line [^>]*class="bar s\d"/>', draw(found))
    assert len(bars) == 2 * 2


def test_both_axes_begin_at_nothing() -> None:
    chart = drawn(*short_runs())
    ticks = re.findall(r'class="tick (?:end|mid)">([\d.]+)<', chart)
    assert ticks.count("0") == 2


def test_the_highest_bar_is_inside_the_axes() -> None:
    chart = drawn(*short_runs())
    heights = [
        float(y)
        for y1, y2 in re.findall(r'y1="([\d.]+)" x2="[\d.]+" y2="([\d.]+)" class="bar', chart)
        for y in (y1, y2)
    ]
    assert min(heights) >= 40  # the upper end of the frame


def test_the_legend_names_what_is_drawn_and_nothing_else() -> None:
    said = keys(drawn(*short_runs()))
    assert said[0] == "waitk"
    assert any("dashed" in key for key in said)
    assert any("offline" in key for key in said)
    bare = replace(
        made_run(3, 20),
        instances=tuple(
            replace(
                i,
                steps=(),
                words=tuple(replace(word, step=None, elapsed_ms=None) for word in i.words),
            )
            for i in made_run(3, 20).instances
        ),
    )
    said = keys(drawn(named(bare, "waitk:k=2")))
    assert not any("dashed" in key or "offline" in key for key in said)


def test_a_family_of_one_point_has_no_line_in_the_legend() -> None:
    chart = drawn(named(made_run(3, 20), "waitk:k=2"))
    assert re.search(r'<line [^>]*class="unaware', chart) is None
    assert keys(chart)[0] == "waitk k=2"


def test_a_run_without_quality_says_what_it_leaves_out() -> None:
    run = made_run(3, 5)
    blind = replace(run, instances=tuple(replace(i, reference=None) for i in run.instances))
    found = curves(rows([score(named(blind, "waitk:k=2"), QUICK)]))
    assert found.curves == ()
    assert found.missing == ("waitk:k=2",)
    assert isnan(rows([score(blind, QUICK)])[0].quality.value)


@pytest.mark.parametrize("families", [9, 17])
def test_more_families_than_colours_differ_by_shape(families: int) -> None:
    chart = drawn(*(named(made_run(3, 5), f"p{n}:a=1") for n in range(families)))
    squares = len(re.findall(r'<polygon [^>]*class="mark', chart))
    assert squares == 2 * (families - 8)  # on the curve and in the legend


def test_intervals_that_cannot_be_told_are_not_drawn() -> None:
    lone = score(named(made_run(3, 20), "waitk:k=2"), ScoreConfig(resamples=1))
    assert "waitk:k=2" in draw(curves(rows([lone])))
