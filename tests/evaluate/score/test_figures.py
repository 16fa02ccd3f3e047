from dataclasses import replace

import numpy as np
import pytest

from interp.evaluate.record.log import EmissionLog, SpeechEmission, Stretch
from interp.evaluate.record.timelines import TimeModel
from interp.evaluate.score.bootstrap import Draws
from interp.evaluate.score.figures import Figure, quantile, quantiles, run_figures, share
from interp.evaluate.score.scores import ScoreConfig, score
from tests.fakes.runs import CONFIG, made_run, spoken_run

QUICK = ScoreConfig(resamples=50)


def draws(resamples: int = 200) -> Draws:
    return Draws(np.random.default_rng(0), resamples)


def named(found: list[Figure], name: str, model: TimeModel | None = None) -> Figure:
    (figure,) = (each for each in found if (each.name, each.model) == (name, model))
    return figure


def test_a_share_is_of_sums_and_not_a_mean_of_shares() -> None:
    (found,) = share("x", [1.0, 0.0], [1.0, 3.0], draws())
    assert found.estimate.value == 0.25


def test_a_share_of_nothing_is_no_figure() -> None:
    assert share("x", [0.0], [0.0], draws()) == []
    assert share("x", [], [], draws()) == []


def test_an_interval_is_as_wide_as_the_instances_differ() -> None:
    alike = share("x", [1.0] * 40, [2.0] * 40, draws())[0].estimate
    apart = share("x", [0.0, 2.0] * 20, [2.0] * 40, draws())[0].estimate
    assert alike.low == alike.high == 0.5
    assert apart.low < 0.45 < 0.55 < apart.high


@pytest.mark.parametrize("level", [0.1, 0.5, 0.95])
def test_a_quantile_is_numpys(level: float) -> None:
    rng = np.random.default_rng(1)
    values = [rng.uniform(0, 9, rng.integers(1, 8)).tolist() for _ in range(50)]
    flat = np.concatenate(values)
    found = quantile(values, level, draws())
    assert found.value == np.quantile(flat, level, method="inverted_cdf")
    assert found.low <= found.value <= found.high
    assert found.instances == flat.size


def test_quantiles_are_resampled_by_instance() -> None:
    # Two instances of many equal values: a corpus of the one alone is drawn in a quarter of cases.
    found = quantile([[1.0] * 100, [9.0] * 100], 0.5, draws(1000))
    assert (found.low, found.high) == (1.0, 9.0)


def test_instances_without_values_do_not_break_a_quantile() -> None:
    assert quantile([[], [3.0], []], 0.5, draws()).value == 3.0
    assert quantiles("x", [[], []], TimeModel.DELAY, draws()) == []


def test_erasures_are_counted_by_120_seconds_of_source() -> None:
    run = made_run(3, 10)
    found = named(run_figures(run.instances, draws()), "erased/120s")
    minutes = sum(i.source_length_ms for i in run.instances) / 120_000
    assert found.estimate.value == pytest.approx(
        sum(i.erased_words for i in run.instances) / minutes
    )


def test_a_log_that_cannot_tell_has_no_figure_of_it() -> None:
    names = {figure.name for figure in score(made_run(3, 5), QUICK).figures}
    assert "coverage" not in names
    assert "EVS p50" not in names
    assert "speech length" not in names
    assert {"RTF", "first word p50", "first word p95"} <= names


def test_coverage_and_spans_come_from_what_words_attend_to() -> None:
    instances = tuple(
        replace(
            i,
            voiced=(Stretch(0.0, i.source_length_ms),),
            words=tuple(replace(word, source_end_ms=word.delay_ms - 250) for word in i.words),
        )
        for i in made_run(3, 20).instances
    )
    found = list(score(EmissionLog(CONFIG, instances), QUICK).figures)
    assert 0 < named(found, "coverage").estimate.value <= 1
    assert named(found, "EVS p50", TimeModel.DELAY).estimate.value == 250
    assert named(found, "EVS p50", TimeModel.RECORDED).estimate.value > 250


def test_speech_of_the_right_length_is_near() -> None:
    def lasting(share_of_source: float) -> EmissionLog:
        return EmissionLog(
            CONFIG,
            tuple(
                replace(i, speech=(SpeechEmission(0.0, i.source_length_ms * share_of_source),))
                for i in made_run(3, 6).instances
            ),
        )

    for length, near in ((1.0, 1.0), (1.19, 1.0), (0.81, 1.0), (1.21, 0.0), (0.5, 0.0)):
        found = list(score(lasting(length), QUICK).figures)
        assert named(found, "speech length").estimate.value == pytest.approx(length)
        assert named(found, "SLC_0.2").estimate.value == near


def test_speech_has_a_degeneracy_of_its_own() -> None:
    run = spoken_run(3, 20)
    scores = score(run, QUICK)
    assert scores.speech_degeneracy is not None
    assert scores.degeneracy is not None
    # A word is heard to its end after it was written.
    assert scores.speech_degeneracy.written_early < scores.degeneracy.written_early
    assert score(made_run(3, 5), QUICK).speech_degeneracy is None


def test_figures_are_in_the_json_with_their_model() -> None:
    said = score(made_run(3, 5), QUICK).to_json()
    assert '"first word p50 (delay)"' in said
    assert '"RTF": {"value"' in said
