from pathlib import Path

import numpy as np

from interp.core.audio import TARGET_RATE_HZ
from interp.core.events import (
    Event,
    PolicyAction,
    SessionEnded,
    TargetSpeech,
    TargetText,
    Totals,
    WrittenWord,
)
from interp.core.latency_elapsed import Step
from interp.evaluate.record.log import ReferenceSegment, Stretch
from interp.evaluate.record.manifest import Clip
from interp.evaluate.run.collect import collect

CLIP = Clip("a", Path("a.wav"), reference="one two three")


def word(text: str, delay_ms: int) -> WrittenWord:
    return WrittenWord(text, delay_ms, delay_ms + 50, 0, delay_ms)


def test_words_belong_to_the_decision_traced_before_them() -> None:
    events: list[Event] = [
        PolicyAction(0, 1, 500, 0, 0.0),
        PolicyAction(0, 2, 1000, 1, 20.0),
        TargetText(0, (word(" one", 1000),), " two"),
        PolicyAction(0, 2, 1200, 1, 30.0),
        TargetText(0, (word(" two", 1200),), segment_ended=True),
        SessionEnded(Totals()),
    ]
    instance = collect(events).instance(7, CLIP, 1200.0)
    assert [emission.step for emission in instance.words] == [1, 2]
    assert instance.steps == (Step(500, 0.0), Step(1000, 20.0), Step(1200, 30.0))
    assert (instance.index, instance.source, instance.prediction) == (7, "a", "one two")
    assert instance.erased_words == 0


def test_words_without_a_trace_belong_to_no_decision() -> None:
    events: list[Event] = [
        TargetText(0, (word(" one", 500),)),
        PolicyAction(0, 1, 600, 0, 1.0),
        TargetText(0, (word(" two", 900),)),
    ]
    instance = collect(events).instance(0, CLIP, 1000.0)
    assert [emission.step for emission in instance.words] == [None, None]


def test_words_taken_back_from_the_tail_are_counted() -> None:
    events = [
        TargetText(0, (), " one two three"),
        TargetText(0, (word(" one", 500),), " too three"),  # two and three go
        TargetText(0, (), "", segment_ended=True),  # too and three go
        TargetText(1, (word("Next", 900),)),  # a new segment takes nothing back
    ]
    instance = collect(events).instance(0, CLIP, 1000.0)
    assert instance.erased_words == 4
    assert instance.prediction == "one Next"


def test_a_word_in_pieces_stays_one_inside_a_segment() -> None:
    events = [TargetText(0, (word(" on", 100), word("line", 200)))]
    assert collect(events).instance(0, CLIP, 300.0).prediction == "online"


def test_speech_is_measured_from_its_samples() -> None:
    sound = np.zeros(TARGET_RATE_HZ // 2, np.float32)
    events = [TargetSpeech(0, sound, None, 0, "one", 0, 500, 800, 900)]
    (emission,) = collect(events).instance(0, CLIP, 1000.0).speech
    assert (emission.duration_ms, emission.text) == (500.0, "one")
    assert (emission.delay_ms, emission.elapsed_ms) == (800, 900)


def test_silence_before_the_recording_is_taken_off_all_times() -> None:
    events: list[Event] = [
        PolicyAction(0, 1, 2500, 1, 20.0),
        TargetText(0, (word(" one", 2500),)),
        TargetSpeech(
            0, np.zeros(TARGET_RATE_HZ // 10, np.float32), None, 0, " one", 0, 2400, 2500, 2600
        ),
    ]
    instance = collect(events, 2000).instance(0, CLIP, 900.0)
    (written,) = instance.words
    assert (written.delay_ms, written.elapsed_ms, written.source_end_ms) == (500, 550, 500)
    assert written.step == 0
    assert instance.steps == (Step(500, 20.0),)
    (chunk,) = instance.speech
    assert (chunk.delay_ms, chunk.elapsed_ms, chunk.source_end_ms) == (500, 600, 400)


def test_what_each_word_attends_to_is_kept() -> None:
    attended = WrittenWord(" one", 900, 950, 100, 640)
    (found,) = collect([TargetText(0, (attended,))]).instance(0, CLIP, 1000.0).words
    assert found.source_end_ms == 640


def test_words_taken_back_from_the_tentative_tail_are_counted() -> None:
    events: list[Event] = [
        TargetText(0, (), " good even"),
        TargetText(0, (), " good evening all"),  # "even" went
        TargetText(0, (word(" good", 800),), " morning"),  # "evening all" went
        TargetText(0, (word(" morning", 900),), ""),
    ]
    assert collect(events).instance(0, CLIP, 1000.0).erased_words == 1 + 2


def test_a_new_segment_takes_nothing_back_from_the_last() -> None:
    events: list[Event] = [
        TargetText(0, (word(" one", 500),), " gone"),
        TargetText(1, (word(" two", 900),), ""),
    ]
    assert collect(events).instance(0, CLIP, 1000.0).erased_words == 0


def test_segments_are_told_apart_by_a_space() -> None:
    events: list[Event] = [
        TargetText(0, (word(" one", 500),), segment_ended=True),
        TargetText(1, (word("two", 900), word("three", 900))),
    ]
    instance = collect(events).instance(0, CLIP, 1000.0)
    assert instance.prediction == "one twothree"
    assert [emission.segment for emission in instance.words] == [0, 1, 1]


def test_the_clip_gives_the_instance_its_references() -> None:
    segments = (ReferenceSegment(0, 500, "one"),)
    clip = Clip("talk", Path("a.wav"), source_text="un", segments=segments)
    instance = collect([]).instance(3, clip, 1000.0, (Stretch(0, 400),))
    assert (instance.source, instance.reference, instance.source_text) == ("talk", None, "un")
    assert instance.segments == segments
    assert instance.voiced == (Stretch(0, 400),)
    assert not (instance.words)
    assert not (instance.speech)
    assert not (instance.steps)
