import re
from dataclasses import replace
from itertools import pairwise
from math import isnan, nan

import pytest

from interp.core.latency_elapsed import Step
from interp.evaluate.record.log import Emission, EmissionLog, Instance
from interp.evaluate.report.staircase import Told, by_lag, draw, told
from interp.evaluate.score.scores import score
from tests.fakes.run_folders import QUICK
from tests.fakes.runs import CONFIG, made_run


def test_every_sentence_has_its_own_lag_and_chrf() -> None:
    run = made_run(3, 20)
    scores = score(run, QUICK)
    found = told(scores)
    assert [each.sentence.instance for each in found] == list(range(20))
    lags = scores.lag("LAAL").values / 1000
    assert all(
        each.lag_s == lag or (isnan(each.lag_s) and isnan(lag))
        for each, lag in zip(found, lags, strict=True)
    )
    assert all(0 <= each.chrf <= 100 for each in found)


def test_without_references_there_is_no_chrf() -> None:
    bare = EmissionLog(CONFIG, tuple(made_run(3, 2).instances))
    blind = EmissionLog(
        CONFIG, tuple(type(i)(i.index, i.source, i.source_length_ms) for i in bare.instances)
    )
    assert all(isnan(each.chrf) for each in told(score(blind, QUICK)))


def test_the_latest_come_first_and_the_silent_not_at_all() -> None:
    sentence = told(score(made_run(3, 3), QUICK))[0].sentence
    found = by_lag([Told(sentence, lag, 0.0) for lag in (1.0, nan, 3.0, 2.0)])
    assert [each.lag_s for each in found] == [3.0, 2.0, 1.0]


def test_a_staircase_has_a_step_per_word_and_a_mark_per_decision() -> None:
    run = made_run(3, 8)
    scores = score(run, QUICK)
    instance = next(i for i in run.instances if len(i.words) > 3)
    sentence = scores.sentences[instance.index]
    chart = draw(sentence, instance, scores)
    (solid,) = re.findall(r'<polyline points="([^"]*)" class="unaware s0"/>', chart)
    assert len(solid.split()) == 1 + 2 * len(sentence.places)
    marks = re.findall(r"(READ|WRITE) at", chart)
    assert len(marks) == len(instance.steps)
    assert marks.count("WRITE") == len({word.step for word in instance.words})
    for word in instance.words:
        assert word.text.strip() in chart.replace("&#x27;", "'")


WRITTEN = Instance(
    0,
    "a.wav",
    4000,
    "one two",
    words=(Emission(" one", 1000, 1500, 0, 1), Emission(" <two>", 3000, 3200, 0, 2)),
    steps=(Step(500, 10), Step(1000, 500), Step(3000, 200)),
)


def drawn(instance: Instance) -> str:
    scores = score(EmissionLog(CONFIG, (instance,)), QUICK)
    return draw(scores.sentences[0], instance, scores)


def corners(chart: str, kind: str) -> list[tuple[float, float]]:
    (points,) = re.findall(rf'<polyline points="([^"]*)" class="{kind} s0"/>', chart)
    return [(float(x), float(y)) for x, _, y in (point.partition(",") for point in points.split())]


def test_a_step_goes_up_where_its_word_was_written() -> None:
    solid, dashed = (corners(drawn(WRITTEN), kind) for kind in ("unaware", "aware"))
    rises = [a[0] for a, b in pairwise(solid) if a[0] == b[0] and a[1] != b[1]]
    later = [a[0] for a, b in pairwise(dashed) if a[0] == b[0] and a[1] != b[1]]
    assert len(rises) == len(later) == 2
    # 2 s lie between the words, 1.7 s with compute.
    assert (later[1] - later[0]) / (rises[1] - rises[0]) == pytest.approx(1.7 / 2, abs=0.01)
    assert all(dash > rise for dash, rise in zip(later, rises, strict=True))


def test_decisions_are_told_with_what_they_cost() -> None:
    chart = drawn(WRITTEN)
    assert "READ at 0.50 s, 10 ms of compute" in chart
    assert "WRITE at 1.00 s, 500 ms of compute" in chart
    assert chart.count("hollow s0") == 1


def test_words_that_look_like_markup_stay_words() -> None:
    chart = drawn(WRITTEN)
    assert "<two>" not in chart
    assert "&lt;two&gt;" in chart


def test_a_log_without_elapsed_has_no_dashed_stairs() -> None:
    words = tuple(replace(word, elapsed_ms=None) for word in WRITTEN.words)
    assert corners(drawn(replace(WRITTEN, words=words)), "aware") == []


def test_a_sentence_of_nothing_is_a_frame() -> None:
    chart = drawn(replace(WRITTEN, words=()))
    assert corners(chart, "unaware") == []
    assert "0 words over 4.0 s of speech" in chart
