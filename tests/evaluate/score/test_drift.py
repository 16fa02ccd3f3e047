from dataclasses import replace

import numpy as np
import pytest

from interp.evaluate.record.log import EmissionLog
from interp.evaluate.score.bootstrap import Floats
from interp.evaluate.score.drift import slope_statistics
from interp.evaluate.score.scores import ScoreConfig, score
from interp.evaluate.score.sentences import Sentence
from tests.fakes.runs import CONFIG, joined, made_run


def sentence(instance: int, start_s: float) -> Sentence:
    return Sentence(instance, 0, "a", 1000 * start_s, 1000.0, None, "x", "x", 1, None, ())


def slope(statistics: Floats) -> float:
    covariance, variance = statistics.sum(axis=0)
    return float(covariance / variance)


def test_a_lag_that_grows_has_that_slope() -> None:
    sentences = [sentence(0, 10.0 * i) for i in range(30)]
    lags = np.array([1500 + 200 * (10.0 * i / 60) for i in range(30)])
    assert slope(slope_statistics(sentences, lags)) == pytest.approx(0.2)


def test_recordings_that_differ_in_lag_do_not_make_a_slope() -> None:
    # The later-starting one is slower throughout; neither grows.
    sentences = [sentence(0, 10.0 * i) for i in range(9)] + [
        sentence(1, 600 + 10.0 * i) for i in range(9)
    ]
    lags = np.array([1000.0] * 9 + [4000.0] * 9)
    assert slope(slope_statistics(sentences, lags)) == pytest.approx(0.0)


def test_it_is_the_least_squares_line_of_one_recording() -> None:
    rng = np.random.default_rng(0)
    starts = np.sort(rng.uniform(0, 3600, 50))
    lags = rng.uniform(500, 4000, 50)
    found = slope(slope_statistics([sentence(0, start) for start in starts], lags))
    assert found == pytest.approx(np.polyfit(starts / 60, lags / 1000, 1)[0])


def test_sentences_without_a_lag_count_nothing() -> None:
    sentences = [sentence(0, 10.0 * i) for i in range(4)]
    statistics = slope_statistics(sentences, np.array([1000.0, np.nan, 1000.0, 1500.0]))
    assert statistics[1].tolist() == [0, 0]
    alone = slope_statistics(sentences, np.array([np.nan, np.nan, np.nan, 1500.0]))
    assert alone.sum() == 0


def test_a_long_run_that_falls_back_shows_it_with_its_interval() -> None:
    talk = joined(made_run(5, 40, accuracy=1.0))
    slow = replace(
        talk,
        words=tuple(replace(word, delay_ms=word.delay_ms * 1.05) for word in talk.words),
    )
    how = ScoreConfig(resamples=100)
    steady = score(EmissionLog(CONFIG, (talk,)), how)
    falling = score(EmissionLog(CONFIG, (slow,)), how)
    model = steady.lag("LongLAAL").model
    assert falling.figure("lag slope", model).estimate.value > 1  # 5 % of a minute is 3 s
    assert abs(steady.figure("lag slope", model).estimate.value) < 1
    assert falling.figure("lag slope", model).estimate.low > 0


def test_the_end_offset_of_a_recording_is_its_own() -> None:
    talk = joined(made_run(5, 12))
    scores = score(EmissionLog(CONFIG, (talk,)), ScoreConfig(resamples=10))
    (offset,) = scores.lag("RecordingEndOffset").values
    assert offset == talk.words[-1].delay_ms - talk.source_length_ms
