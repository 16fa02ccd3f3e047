from dataclasses import replace

import pytest

from interp.evaluate.record.log import EmissionLog
from interp.evaluate.record.timelines import TimeModel
from interp.evaluate.score.bootstrap import Difference
from interp.evaluate.score.compare import compare
from interp.evaluate.score.scores import ScoreConfig, Scores, score
from tests.fakes.runs import CONFIG, made_run, spoken_run

QUICK = ScoreConfig(resamples=50)


def by_name(first: Scores, second: Scores) -> dict[tuple[str, TimeModel | None], Difference]:
    return {(f.metric, f.model): f.difference for f in compare(first, second)}


def later(run: EmissionLog, ms: float) -> EmissionLog:
    instances = tuple(
        replace(i, words=tuple(replace(w, delay_ms=w.delay_ms + ms) for w in i.words))
        for i in run.instances
    )
    return EmissionLog(CONFIG, instances)


def test_a_better_system_is_significantly_better() -> None:
    poor, good = made_run(7, 80, accuracy=0.5), made_run(7, 80, accuracy=0.95)
    found = by_name(score(poor, QUICK), score(good, QUICK))
    assert found["BLEU", None].value > 10
    assert found["BLEU", None].p_value < 0.05
    assert found["LAAL", TimeModel.DELAY].p_value > 0.05


def test_a_run_does_not_differ_from_itself() -> None:
    scores = score(made_run(7, 20), QUICK)
    for difference in by_name(scores, scores).values():
        assert difference.value == 0
        assert difference.p_value == 1


def test_the_second_less_the_first() -> None:
    run = made_run(7, 40)
    scores, late = score(run, QUICK), score(later(run, 100), QUICK)
    there, back = by_name(scores, late), by_name(late, scores)
    key = ("StartOffset", TimeModel.DELAY)
    assert there[key].value == pytest.approx(100)
    assert back[key].value == pytest.approx(-100)
    # Paired: what is common to both does not widen the interval.
    assert there[key].low == pytest.approx(there[key].high)


def test_only_what_both_runs_have_is_compared() -> None:
    text, speech = score(made_run(7, 10), QUICK), score(spoken_run(7, 10), QUICK)
    names = {name for name, _ in by_name(text, speech)}
    assert "LAAL" in names
    assert not any(name.startswith("Speech-") for name in names)


def test_quality_counted_otherwise_is_not_compared() -> None:
    run = made_run(7, 10)
    other = score(run, replace(QUICK, tokenizer="char"))
    names = {name for name, _ in by_name(score(run, QUICK), other)}
    assert "BLEU" not in names
    assert "chrF" in names


def test_runs_on_other_sentences_are_not_compared() -> None:
    with pytest.raises(ValueError, match="same sentences"):
        compare(score(made_run(1, 5), QUICK), score(made_run(2, 5), QUICK))
    with pytest.raises(ValueError, match="same sentences"):
        compare(score(made_run(1, 5), QUICK), score(made_run(1, 4), QUICK))
