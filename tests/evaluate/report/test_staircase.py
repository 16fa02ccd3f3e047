import re
from math import isnan, nan

from interp.evaluate.record.log import EmissionLog
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
