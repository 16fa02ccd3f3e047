from dataclasses import replace
from math import isnan

import pytest

from interp.evaluate.record.log import EmissionLog
from interp.evaluate.record.timelines import TimeModel
from interp.evaluate.score.scores import ScoreConfig, score
from interp.evaluate.score.summary import (
    AWARE,
    Row,
    lead_silence_of,
    main_lag,
    main_quality,
    quality_difference,
    rows,
    sessions_of,
)
from tests.fakes.runs import CONFIG, joined, made_run, spoken_run

QUICK = ScoreConfig(resamples=50)


def named(log: EmissionLog, policy: str, **settings: int) -> EmissionLog:
    return replace(log, config=replace(CONFIG, policy=policy, settings=settings))


def only_speech(log: EmissionLog) -> EmissionLog:
    return replace(log, instances=tuple(replace(i, words=()) for i in log.instances))


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


def test_rows_without_quality_have_no_significance() -> None:
    blind = replace(
        made_run(3, 5),
        instances=tuple(replace(i, reference=None) for i in made_run(3, 5).instances),
    )
    found = rows([score(blind, QUICK), score(blind, QUICK)])
    assert [(row.first_p, row.best_p) for row in found] == [(None, None)] * 2
    assert isnan(found[0].quality.value)


@pytest.mark.parametrize(
    ("policy", "settings", "name"),
    [
        ("offline", {}, "offline"),
        ("offline", {"sessions": 4}, "offline:sessions=4"),
        ("waitk:k=1", {"sessions": 4}, "waitk:k=1,sessions=4"),
        ("waitk:k=1", {"lead_silence_ms": 2000}, "waitk:k=1,lead_silence_ms=2000"),
        (
            "waitk:k=1",
            {"sessions": 2, "lead_silence_ms": 500},
            "waitk:k=1,sessions=2,lead_silence_ms=500",
        ),
    ],
)
def test_a_row_is_named_by_all_that_tells_it_from_others(
    policy: str, settings: dict[str, int], name: str
) -> None:
    log = named(made_run(3, 2), policy, **settings)
    (row,) = rows([score(log, QUICK)])
    assert row.name == name
    assert sessions_of(log.config) == settings.get("sessions", 1)
    assert lead_silence_of(log.config) == settings.get("lead_silence_ms", 0)


def test_the_main_lag_is_that_of_what_was_made() -> None:
    assert main_lag(score(made_run(3, 5), QUICK)) == "LAAL"
    assert main_lag(score(spoken_run(3, 5), QUICK)) == "LAAL"
    assert main_lag(score(EmissionLog(CONFIG, (joined(made_run(3, 5)),)), QUICK)) == "StreamLAAL"


def test_the_main_quality_is_the_first_that_was_counted() -> None:
    assert main_quality(score(made_run(3, 5), QUICK)) == "BLEU"
    assert main_quality(score(only_speech(spoken_run(3, 5)), QUICK)) == "BLEU"


def test_a_lag_is_looked_up_under_the_first_model_that_is_known() -> None:
    (row,) = rows([score(made_run(3, 10), QUICK)])
    recorded = row.scores.lag("LAAL", TimeModel.RECORDED).estimate
    assert row.lag("LAAL", AWARE) == row.aware_ms == recorded
    assert row.lag_ms == row.scores.lag("LAAL").estimate
    assert isnan(row.lag("none").value)


def test_a_figure_is_looked_up_likewise() -> None:
    (row,) = rows([score(made_run(3, 10), QUICK)])
    first = row.scores.figure("first word p50", TimeModel.DELAY).estimate
    assert row.figure("first word p50", (None, TimeModel.DELAY)) == first
    assert row.figure("RTF").value > 0
    assert isnan(row.figure("none").value)
    assert row.figure("none").instances == 0


def test_qualities_compare_only_over_the_same_sentences() -> None:
    one, other = (Row("p", score(made_run(seed, 5), QUICK)) for seed in (1, 2))
    assert quality_difference(one, other) is None
    same = quality_difference(one, one)
    assert same is not None
    assert same.value == 0
