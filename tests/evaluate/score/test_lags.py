from dataclasses import replace

import numpy as np
import pytest

from interp.core.latency import Timeline, length_adaptive_average_lagging
from interp.core.latency_elapsed import Step
from interp.evaluate.record.log import Emission, Instance, ReferenceSegment, SpeechEmission
from interp.evaluate.record.timelines import LatencyUnit, TimeModel
from interp.evaluate.score.lags import (
    LagValues,
    heard_lines,
    model_times,
    speech_lags,
    text_lags,
)
from interp.evaluate.score.sentences import sentences
from tests.fakes.runs import joined, made_run

WORD = LatencyUnit.WORD
WRITTEN = Instance(
    0,
    "a",
    3000,
    "one two",
    words=(Emission(" one", 1000, 1200, 0, 0), Emission(" two", 3000, 3300, 0, 1)),
    steps=(Step(1000, 200), Step(3000, 300)),
)
SILENT = Instance(1, "b", 2000, "three")
SPOKEN = Instance(
    0,
    "a",
    3000,
    "one two three",
    speech=(
        SpeechEmission(1000, 800, " one two", 1300),
        SpeechEmission(2500, 500, " three", 2900),
    ),
)


def lags(*instances: Instance) -> list[LagValues]:
    return text_lags(instances, [sentences(i, WORD) for i in instances], WORD)


def values(found: list[LagValues], name: str, model: TimeModel = TimeModel.DELAY) -> list[float]:
    (lag,) = (each for each in found if (each.metric, each.model) == (name, model))
    return [float(value) for value in lag.values]


def test_a_model_is_left_out_where_one_instance_lacks_it() -> None:
    bare = replace(WRITTEN, steps=(), words=tuple(replace(w, step=None) for w in WRITTEN.words))
    assert model_times([WRITTEN, bare], WORD, TimeModel.OVERLAPPED) is None
    assert model_times([WRITTEN], WORD, TimeModel.OVERLAPPED) == [[1200.0, 3300.0]]
    assert {lag.model for lag in lags(WRITTEN, bare)} == {TimeModel.DELAY, TimeModel.RECORDED}


def test_a_lag_is_its_metric_over_the_times_of_each_model() -> None:
    found = lags(WRITTEN)
    for model, times in (
        (TimeModel.DELAY, [1000, 3000]),
        (TimeModel.RECORDED, [1200, 3300]),
        (TimeModel.OVERLAPPED, [1200, 3300]),
        (TimeModel.ACCUMULATED, [1200, 3500]),
    ):
        expected = length_adaptive_average_lagging(Timeline(times, 3000, 2))
        assert values(found, "LAAL", model) == [expected]
        assert values(found, "EndOffset", model) == [times[-1] - 3000]


def test_a_sentence_of_nothing_has_no_lag() -> None:
    found = lags(WRITTEN, SILENT)
    for name in ("AL", "LAAL", "AP", "DAL", "YAAL", "StartOffset", "EndOffset", "ATD"):
        first, second = values(found, name)
        assert np.isfinite(first)
        assert np.isnan(second)


def test_long_recordings_have_the_long_forms_and_no_token_delay() -> None:
    talk = joined(made_run(3, 8))
    names = {lag.metric for lag in lags(talk)}
    assert {"LongAL", "LongLAAL", "LongAP", "LongDAL", "LongYAAL", "StreamLAAL"} <= names
    assert {"RecordingEndOffset", "StartOffset"} <= names
    assert not {"AL", "LAAL", "ATD"} & names


def test_characters_have_no_stream_laal() -> None:
    instance = Instance(
        0, "a", 900, words=(Emission("你好", 600),), segments=(ReferenceSegment(0, 900, "你好"),)
    )
    found = text_lags([instance], [sentences(instance, LatencyUnit.CHAR)], LatencyUnit.CHAR)
    assert "StreamLAAL" not in {lag.metric for lag in found}
    assert "LongLAAL" in {lag.metric for lag in found}


def test_the_end_of_a_recording_counts_once_for_all_its_segments() -> None:
    talk = joined(made_run(3, 8))
    (offset,) = values(lags(talk), "RecordingEndOffset")
    assert offset == talk.words[-1].delay_ms - talk.source_length_ms
    silent = replace(talk, words=())
    assert np.isnan(values(lags(talk, replace(silent, index=1)), "RecordingEndOffset")[1])


def test_words_of_speech_are_heard_evenly_over_their_chunk() -> None:
    (line,) = heard_lines([SPOKEN], WORD)
    assert list(line.times_ms) == [1400.0, 1800.0, 3000.0]
    assert line.target_units == 3


@pytest.mark.parametrize(
    ("model", "start", "end", "waits"),
    [
        (TimeModel.DELAY, 1000, 3000, 2500 - 1800),
        (TimeModel.RECORDED, 1300, 3400, 2900 - 2100),
    ],
)
def test_speech_is_scored_as_it_is_played(
    model: TimeModel, start: float, end: float, waits: float
) -> None:
    found = speech_lags([SPOKEN], WORD)
    assert values(found, "Speech-StartOffset", model) == [start]
    assert values(found, "Speech-EndOffset", model) == [end - 3000]
    assert values(found, "DiscontinuitySum", model) == [waits]
    assert values(found, "DiscontinuityNum", model) == [1]
    assert values(found, "SilenceShare", model) == pytest.approx([waits / (waits + 1300)])


def test_an_instance_without_speech_has_no_figure_of_it() -> None:
    found = speech_lags([SPOKEN, replace(SILENT, words=())], WORD)
    assert np.isnan(values(found, "Speech-EndOffset")[1])
    assert np.isnan(values(found, "DiscontinuitySum")[1])


def test_figures_that_nobody_has_are_left_out() -> None:
    wordless = replace(
        SPOKEN, speech=tuple(replace(chunk, text="", elapsed_ms=None) for chunk in SPOKEN.speech)
    )
    found = speech_lags([wordless], WORD)
    assert not any(lag.metric.startswith("Heard-") for lag in found)
    assert {lag.model for lag in found} == {TimeModel.DELAY}
