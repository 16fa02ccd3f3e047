from dataclasses import replace

from interp.core.latency_elapsed import Step
from interp.evaluate.record.log import Emission, Instance, SpeechEmission, Stretch
from interp.evaluate.record.timelines import TimeModel
from interp.evaluate.score.ear_voice import first_outputs, spans

WRITTEN = Instance(
    0,
    "a",
    5000,
    words=(
        Emission(" one", 2000, 2300, 0, 0, source_end_ms=1200),
        Emission(" two", 2500, 3100, 0, 1, source_end_ms=2400),
    ),
    steps=(Step(2000, 300), Step(2500, 600)),
    voiced=(Stretch(700, 4800),),
)


def test_a_span_is_from_the_attended_source_to_the_writing() -> None:
    assert spans(WRITTEN, TimeModel.DELAY) == [800, 100]


def test_compute_makes_the_span_longer() -> None:
    assert spans(WRITTEN, TimeModel.RECORDED) == [1100, 700]


def test_the_first_word_counts_from_where_speech_begins() -> None:
    assert first_outputs(WRITTEN, TimeModel.DELAY) == [1300]
    assert first_outputs(WRITTEN, TimeModel.RECORDED) == [1600]


def test_without_a_judged_source_it_counts_from_the_start() -> None:
    assert first_outputs(replace(WRITTEN, voiced=()), TimeModel.DELAY) == [2000]


def test_a_log_without_attention_has_no_span() -> None:
    words = tuple(replace(word, source_end_ms=None) for word in WRITTEN.words)
    assert spans(replace(WRITTEN, words=words), TimeModel.DELAY) == []


def test_what_was_not_recorded_is_not_told() -> None:
    words = tuple(replace(word, elapsed_ms=None) for word in WRITTEN.words)
    bare = replace(WRITTEN, words=words)
    assert spans(bare, TimeModel.RECORDED) == first_outputs(bare, TimeModel.RECORDED) == []


def test_speech_without_words_counts_from_when_it_is_played() -> None:
    spoken = Instance(
        0,
        "a",
        5000,
        speech=(
            SpeechEmission(1000, 900, " one", 1100, source_end_ms=800),
            SpeechEmission(1200, 500, " two", 1400, source_end_ms=1100),
        ),
    )
    # The second chunk is there at 1200 and waits until the first has ended.
    assert spans(spoken, TimeModel.DELAY) == [200, 1900 - 1100]
    assert spans(spoken, TimeModel.RECORDED) == [300, 2000 - 1100]
    assert first_outputs(spoken, TimeModel.DELAY) == [1000]


def test_nothing_out_is_no_value() -> None:
    silent = Instance(0, "a", 5000)
    assert spans(silent, TimeModel.DELAY) == first_outputs(silent, TimeModel.DELAY) == []


def test_other_models_of_compute_have_their_spans() -> None:
    # Overlapped: 2000 + 300, max(2500, 2300) + 600; accumulated: 2500 + 900.
    assert spans(WRITTEN, TimeModel.OVERLAPPED) == [2300 - 1200, 3100 - 2400]
    assert spans(WRITTEN, TimeModel.ACCUMULATED) == [2300 - 1200, 3400 - 2400]


def test_a_word_before_its_source_was_attended_to_is_early() -> None:
    early = replace(WRITTEN, words=(Emission(" one", 900, source_end_ms=1200),))
    assert spans(early, TimeModel.DELAY) == [-300]
