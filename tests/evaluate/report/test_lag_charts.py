import re
from dataclasses import replace
from math import isnan

import pytest

from interp.evaluate.record.log import EmissionLog
from interp.evaluate.report.lag_charts import draw_load, draw_over_time, load_points
from interp.evaluate.report.staircase import told
from interp.evaluate.score.scores import score
from interp.evaluate.score.summary import rows
from tests.fakes.run_folders import QUICK, named
from tests.fakes.runs import CONFIG, joined, made_run


def late_by(ms: float, sessions: int) -> EmissionLog:
    run = made_run(3, 10)
    instances = tuple(
        replace(i, words=tuple(replace(w, elapsed_ms=w.delay_ms + ms) for w in i.words))
        for i in run.instances
    )
    return named(EmissionLog(run.config, instances), "waitk:k=3", sessions=sessions)


def test_lateness_is_elapsed_less_delay() -> None:
    logs = [late_by(250, 1), late_by(900, 8)]
    points = load_points(rows([score(log, QUICK) for log in logs]), logs)
    assert [point.sessions for point in points] == [1, 8]
    assert [point.late_p50_s for point in points] == pytest.approx([0.25, 0.9])
    assert [point.late_p95_s for point in points] == pytest.approx([0.25, 0.9])


def test_a_policy_under_one_load_is_no_load_point() -> None:
    logs = [late_by(250, 1)]
    assert load_points(rows([score(log, QUICK) for log in logs]), logs) == ()


def test_load_is_drawn_with_a_line_for_median_and_tail() -> None:
    logs = [late_by(250, 1), late_by(900, 8)]
    chart = draw_load(load_points(rows([score(log, QUICK) for log in logs]), logs))
    assert len(re.findall(r'<polyline [^>]*class="unaware s0"', chart)) == 1
    assert len(re.findall(r'<polyline [^>]*class="aware s0"', chart)) == 1
    assert "waitk:k=3, 8 sessions: 0.90 s" in chart


def test_lag_over_time_has_a_mark_per_sentence_and_a_key_per_point() -> None:
    scores = score(EmissionLog(CONFIG, (joined(made_run(3, 12)),)), QUICK)
    group = told(scores)
    chart = draw_over_time([("waitk:k=3", group), ("agree", group)])
    known = sum(each.lag_s == each.lag_s for each in group)
    assert len(re.findall(r'<circle [^>]*class="mark s0"', chart)) == known + 1
    assert re.findall(r'class="key">([^<]*)<', chart) == ["waitk:k=3", "agree"]


def test_a_lag_below_nothing_is_still_inside() -> None:
    scores = score(EmissionLog(CONFIG, (joined(made_run(3, 12)),)), QUICK)
    early = [replace(each, lag_s=-1.5) for each in told(scores)]
    chart = draw_over_time([("p", early)])
    heights = [float(y) for y in re.findall(r'cy="([\d.]+)" r="3.5" class="mark', chart)]
    assert max(heights[:-1]) <= 320 - 60  # the last is the legend's


def test_a_log_without_elapsed_has_no_lateness() -> None:
    logs = [late_by(250, 1), late_by(250, 4)]
    bare = [
        replace(
            log,
            instances=tuple(
                replace(i, words=tuple(replace(w, elapsed_ms=None) for w in i.words))
                for i in log.instances
            ),
        )
        for log in logs
    ]
    points = load_points(rows([score(log, QUICK) for log in bare]), bare)
    assert all(isnan(point.late_p50_s) for point in points)


def test_policies_are_lines_of_their_own_by_sessions() -> None:
    logs = [
        replace(log, config=replace(log.config, policy=policy))
        for policy in ("a:k=1", "b:k=1")
        for log in (late_by(900, 8), late_by(250, 1))
    ]
    points = load_points(rows([score(log, QUICK) for log in logs]), logs)
    assert [(point.policy, point.sessions) for point in points] == [
        ("a:k=1", 1),
        ("a:k=1", 8),
        ("b:k=1", 1),
        ("b:k=1", 8),
    ]
    chart = draw_load(points)
    assert re.findall(r'class="key">([^<]*)<', chart)[:2] == ["a:k=1", "b:k=1"]
    assert len(re.findall(r'class="unaware s1"/>', chart)) == 2  # the line and its key


def test_a_legend_of_many_points_makes_the_chart_higher() -> None:
    scores = score(EmissionLog(CONFIG, (joined(made_run(3, 6)),)), QUICK)
    group = told(scores)

    def height(count: int) -> int:
        chart = draw_over_time([(f"p{n}", group) for n in range(count)])
        return int(re.findall(r'viewBox="0 0 860 (\d+)"', chart)[0])

    assert height(6) > height(1)
