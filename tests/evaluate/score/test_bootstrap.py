import time

import numpy as np
import pytest

from interp.evaluate.score.bootstrap import Bootstrap, Draws, mean_figure, mean_statistics
from interp.evaluate.score.quality import bleu, chrf
from tests.fakes.runs import made_run


def drawn(sentences: int, seed: int = 0, resamples: int = 1000) -> Bootstrap:
    return Bootstrap.draw(sentences, np.random.default_rng(seed), resamples)


def test_the_interval_of_a_mean_is_that_of_the_normal_law() -> None:
    values = np.random.default_rng(1).normal(2000, 500, 400)
    found = drawn(400, resamples=4000).estimate(mean_statistics(values), mean_figure)
    half = 1.96 * values.std() / 20
    assert found.value == pytest.approx(values.mean())
    assert found.low == pytest.approx(values.mean() - half, abs=0.1 * half)
    assert found.high == pytest.approx(values.mean() + half, abs=0.1 * half)


def test_sentences_without_a_value_do_not_enter_the_mean() -> None:
    values = np.array([1.0, np.nan, 3.0])
    assert drawn(3).estimate(mean_statistics(values), mean_figure).value == 2


def test_a_figure_nobody_has_is_not_a_number() -> None:
    found = drawn(2).estimate(mean_statistics(np.array([np.nan, np.nan])), mean_figure)
    assert np.isnan([found.value, found.low, found.high]).all()


def test_the_same_seed_draws_the_same_corpora() -> None:
    assert (drawn(9, seed=4).weights == drawn(9, seed=4).weights).all()
    assert (drawn(9, seed=4).weights != drawn(9, seed=5).weights).any()
    assert (drawn(9).weights.sum(axis=1) == 9).all()


def test_a_run_does_not_differ_from_itself() -> None:
    run = made_run(1, 40)
    quality = bleu(
        [instance.prediction for instance in run.instances],
        [instance.reference or "" for instance in run.instances],
    )
    found = drawn(40).difference(quality.statistics, quality.statistics, quality.figure)
    assert (found.value, found.low, found.high, found.p_value) == (0, 0, 0, 1)


def test_a_clear_difference_is_significant_and_noise_is_not() -> None:
    rng = np.random.default_rng(2)
    first = rng.normal(2000, 300, 205)
    draws = drawn(205)
    clear = draws.difference(
        mean_statistics(first), mean_statistics(first + rng.normal(100, 50, 205)), mean_figure
    )
    noise = draws.difference(
        mean_statistics(first), mean_statistics(first + rng.normal(0, 300, 205)), mean_figure
    )
    assert clear.p_value < 0.01
    assert 80 < clear.low < clear.value < clear.high < 120
    assert noise.p_value > 0.05
    assert noise.low < 0 < noise.high


def test_pairing_sees_what_separate_intervals_do_not() -> None:
    rng = np.random.default_rng(3)
    first = rng.normal(2000, 800, 200)
    second = first + 40
    draws = drawn(200)
    one = draws.estimate(mean_statistics(first), mean_figure)
    other = draws.estimate(mean_statistics(second), mean_figure)
    assert one.high > other.low
    found = draws.difference(mean_statistics(first), mean_statistics(second), mean_figure)
    assert found.p_value < 0.01


def test_a_thousand_corpora_of_205_sentences_cost_less_than_a_second() -> None:
    run = made_run(1, 205)
    hypotheses = [instance.prediction for instance in run.instances]
    references = [instance.reference or "" for instance in run.instances]
    metrics = bleu(hypotheses, references), chrf(hypotheses, references)
    begun = time.process_time()
    draws = Draws(np.random.default_rng(0))
    for metric in metrics:
        found = draws.of(metric.statistics).estimate(metric.statistics, metric.figure)
        assert found.low < found.value < found.high
    assert time.process_time() - begun < 1


def test_no_sentences_cannot_be_drawn() -> None:
    with pytest.raises(ValueError, match="0 sentences"):
        drawn(0)


def test_figures_over_the_same_sentences_are_drawn_alike() -> None:
    draws = Draws(np.random.default_rng(0), 20)
    one, same, other = (np.zeros((count, 2)) for count in (7, 7, 9))
    assert draws.of(one) is draws.of(same)
    assert draws.of(one) is not draws.of(other)
    assert draws.of(other).weights.shape == (20, 9)


def test_a_wider_confidence_has_a_wider_interval() -> None:
    values = mean_statistics(np.random.default_rng(1).normal(0, 1, 50))
    wide = Bootstrap.draw(50, np.random.default_rng(0), 500, confidence=0.99)
    narrow = Bootstrap.draw(50, np.random.default_rng(0), 500, confidence=0.5)
    one, other = (each.estimate(values, mean_figure) for each in (wide, narrow))
    assert one.low < other.low < other.value < other.high < one.high
    assert one.value == other.value


def test_corpora_without_a_value_do_not_widen_the_interval() -> None:
    draws = drawn(4)
    assert draws.interval(np.array([np.nan, 1.0, 2.0, np.nan])) == pytest.approx((1.025, 1.975))
    assert np.isnan(draws.interval(np.array([np.nan]))).all()
