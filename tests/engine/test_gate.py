import copy
import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from interp.core.audio import PCM16_FULL_SCALE, VAD_FRAME_SAMPLES, Samples, ms_to_samples
from interp.engine.gate import (
    Closed,
    CloseReason,
    Gate,
    GateEvent,
    GateSettings,
    GateState,
    Opened,
    PauseStep,
    Speech,
)
from tests.fakes.voice import LoudestSample

SETTINGS = GateSettings(
    open_probability=0.5,
    open_window_ms=64,
    voiced_probability=0.35,
    pre_roll_ms=96,
    pause_ms=160,
    shrink=(PauseStep(1000, 64),),
    max_segment_ms=2000,
)
WINDOW, PRE_ROLL, PAUSE, SHORT_PAUSE, LONGEST = 2, 3, 5, 2, 62  # SETTINGS in frames
SILENCE = (PAUSE + PRE_ROLL + 3) * VAD_FRAME_SAMPLES  # closes a segment and puts the gate to sleep
NOTHING = np.zeros(0, np.float32)
QUIET = 0.001  # no voice, and no digital silence


def script(*parts: tuple[int, float]) -> Samples:
    """(frames, probability) pairs to audio; random signs tell the samples apart."""
    levels = np.concatenate(
        [np.full(frames * VAD_FRAME_SAMPLES, max(p, QUIET)) for frames, p in parts]
    )
    signs = np.random.default_rng(7).choice([-1.0, 1.0], levels.size)
    return np.asarray(levels * signs, np.float32)


def run(audio: Samples, *cuts: int, settings: GateSettings = SETTINGS) -> list[GateEvent]:
    gate = Gate(LoudestSample(), settings)
    state = gate.init_state()
    events = [each for part in np.split(audio, sorted(cuts)) for each in gate.feed(part, state)]
    return events + gate.end(state)


def printable(events: list[GateEvent]) -> list[object]:
    """Events with arrays as bytes, so that == compares them."""
    return [
        (e.audio.tobytes(), e.voiced_samples, e.voiced, e.end_sample)
        if isinstance(e, Speech)
        else e
        for e in events
    ]


def segments(events: list[GateEvent]) -> list[tuple[int, int, CloseReason]]:
    """Start frame, end frame and reason of each segment."""
    starts = [e.start_sample // VAD_FRAME_SAMPLES for e in events if isinstance(e, Opened)]
    ends = [(e.end_sample // VAD_FRAME_SAMPLES, e.reason) for e in events if isinstance(e, Closed)]
    return [(start, end, reason) for start, (end, reason) in zip(starts, ends, strict=True)]


def test_a_sentence_opens_with_its_pre_roll_and_closes_after_the_pause() -> None:
    events = run(script((10, 0.0), (8, 0.9), (20, 0.0)))
    assert segments(events) == [(10 + WINDOW - 1 - PRE_ROLL, 18 + PAUSE, CloseReason.PAUSE)]


def test_speech_starts_at_the_opening_frame_and_its_first_event_carries_the_pre_roll() -> None:
    audio = script((10, 0.0), (8, 0.9), (20, 0.0))
    events = run(audio)
    speech = [e for e in events if isinstance(e, Speech)]
    assert isinstance(events[0], Opened)
    assert speech[0].audio.size == (PRE_ROLL + 1) * VAD_FRAME_SAMPLES
    assert {e.audio.size for e in speech[1:]} == {VAD_FRAME_SAMPLES}
    assert [e.end_sample for e in speech] == [n * VAD_FRAME_SAMPLES for n in range(12, 24)]
    heard = np.concatenate([e.audio for e in speech])
    start = events[0].start_sample
    np.testing.assert_array_equal(heard, audio[start : start + heard.size])


def test_voiced_samples_count_the_voiced_part_of_the_pre_roll() -> None:
    speech = [e for e in run(script((10, 0.0), (8, 0.9), (20, 0.0))) if isinstance(e, Speech)]
    assert speech[0].voiced_samples == WINDOW * VAD_FRAME_SAMPLES
    assert sum(e.voiced_samples for e in speech) == 8 * VAD_FRAME_SAMPLES
    assert [e.voiced for e in speech] == [True] * 7 + [False] * 5


def test_a_pre_roll_never_reaches_before_the_stream() -> None:
    assert segments(run(script((8, 0.9), (20, 0.0))))[0][0] == 0


def test_a_short_burst_does_not_open() -> None:
    assert run(script((10, 0.0), (1, 0.9), (10, 0.0), (1, 0.9), (10, 0.0))) == []


def test_voice_between_the_two_thresholds_keeps_a_segment_open_but_does_not_open_one() -> None:
    assert run(script((40, 0.4))) == []
    events = run(script((4, 0.9), (20, 0.4), (20, 0.0)))
    assert segments(events) == [(0, 24 + PAUSE, CloseReason.PAUSE)]


def test_a_pause_below_the_limit_does_not_close() -> None:
    events = run(script((4, 0.9), (PAUSE - 1, 0.0), (4, 0.9), (20, 0.0)))
    assert segments(events) == [(0, 8 + PAUSE - 1 + PAUSE, CloseReason.PAUSE)]


def test_a_grown_segment_rolls_over_at_a_shorter_pause() -> None:
    events = run(script((40, 0.9), (SHORT_PAUSE, 0.0), (10, 0.9), (20, 0.0)))
    assert segments(events) == [
        (0, 40 + SHORT_PAUSE, CloseReason.ROLLOVER),
        (40 + SHORT_PAUSE, 52 + PAUSE, CloseReason.PAUSE),
    ]


def test_a_pre_roll_never_reaches_into_the_segment_before() -> None:
    events = run(script((40, 0.9), (SHORT_PAUSE + 1, 0.0), (10, 0.9), (20, 0.0)))
    assert [start for start, _, _ in segments(events)] == [0, 40 + SHORT_PAUSE]


def test_a_segment_without_any_pause_is_cut_and_goes_on_at_the_same_sample() -> None:
    audio = script((200, 0.9))
    events = run(audio)
    assert [reason for _, _, reason in segments(events)] == [CloseReason.ROLLOVER] * 3 + [
        CloseReason.END
    ]
    bounds = segments(events)
    assert [start for start, _, _ in bounds[1:]] == [end for _, end, _ in bounds[:-1]]
    assert all(end - start <= LONGEST for start, end, _ in bounds)
    heard = np.concatenate([e.audio for e in events if isinstance(e, Speech)])
    np.testing.assert_array_equal(heard, audio)


def test_a_pause_step_longer_than_the_base_pause_has_no_effect() -> None:
    settings = GateSettings(pause_ms=64, open_window_ms=64, shrink=(PauseStep(0, 320),))
    events = run(script((4, 0.9), (20, 0.0)), settings=settings)
    assert segments(events) == [(0, 6, CloseReason.PAUSE)]


def test_the_end_closes_an_open_segment_with_its_true_length() -> None:
    audio = script((6, 0.9))[:-100]
    events = run(audio)
    assert events[-1] == Closed(audio.size, CloseReason.END)
    last = events[-2]
    assert isinstance(last, Speech)
    assert last.audio.size == VAD_FRAME_SAMPLES - 100
    assert last.end_sample == audio.size


def test_the_end_of_a_closed_gate_says_nothing() -> None:
    assert run(script((10, 0.1))[:-7]) == []
    assert run(np.zeros(0, np.float32)) == []


levels = st.tuples(st.integers(1, 40), st.sampled_from([0.0, 0.4, 0.9]))


@given(parts=st.lists(levels, min_size=1, max_size=6), data=st.data())
def test_events_do_not_depend_on_how_the_input_was_split(
    parts: list[tuple[int, float]], data: st.DataObject
) -> None:
    audio = script(*parts)[: data.draw(st.integers(1, 10**6), label="size")]
    cuts = data.draw(st.lists(st.integers(0, audio.size), max_size=12), label="cuts")
    assert printable(run(audio, *cuts)) == printable(run(audio))


@given(parts=st.lists(levels, min_size=1, max_size=8))
def test_segments_are_disjoint_bounded_and_hold_exactly_their_samples(
    parts: list[tuple[int, float]],
) -> None:
    audio = script(*parts)
    position, open_from = 0, None
    for event in run(audio):
        match event:
            case Opened(start_sample):
                assert open_from is None
                assert start_sample >= position
                position = open_from = start_sample
            case Speech():
                assert event.end_sample == position + event.audio.size
                np.testing.assert_array_equal(event.audio, audio[position : event.end_sample])
                position = event.end_sample
            case Closed(end_sample):
                assert open_from is not None
                assert end_sample == position
                assert end_sample - open_from <= LONGEST * VAD_FRAME_SAMPLES
                open_from = None
    assert open_from is None


@pytest.mark.parametrize("at_frame", [5, 11, 15, 30])
def test_a_copied_or_pickled_state_goes_on_as_the_original(at_frame: int) -> None:
    audio = script((10, 0.0), (8, 0.9), (3, 0.0), (8, 0.9), (20, 0.0))
    cut = at_frame * VAD_FRAME_SAMPLES + 200
    gate = Gate(LoudestSample(), SETTINGS)
    state = gate.init_state()
    gate.feed(audio[:cut], state)
    copied: GateState = copy.deepcopy(state)
    pickled: GateState = pickle.loads(pickle.dumps(state))
    after = [gate.feed(audio[cut:], each) + gate.end(each) for each in (state, copied, pickled)]
    assert printable(after[0]) == printable(after[1]) == printable(after[2])
    assert segments(run(audio)) == [(8, 29 + PAUSE, CloseReason.PAUSE)]


def later(events: list[GateEvent], samples: int) -> list[object]:
    """Events as they would be so much later in the stream."""
    moved: list[GateEvent] = []
    for event in events:
        match event:
            case Opened(start_sample):
                moved.append(replace(event, start_sample=start_sample + samples))
            case Speech(end_sample=end_sample) | Closed(end_sample=end_sample):
                moved.append(replace(event, end_sample=end_sample + samples))
    return printable(moved)


@given(
    lead=st.integers(0, 20_000),
    pauses=st.lists(st.integers(SILENCE, 60_000), min_size=2, max_size=2),
    cuts=st.lists(st.integers(1, 60_000), max_size=20),
)
@limits(max_examples=30, deadline=None)
def test_how_long_digital_silence_is_changes_nothing_but_the_time(
    lead: int, pauses: list[int], cuts: list[int]
) -> None:
    talk = script((3, 0.0), (8, 0.9), (3, 0.0), (8, 0.9))
    short, long = (run(padded(0, talk, pause)) for pause in (SILENCE, pauses[0]))
    assert printable(long) == printable(short)
    (first, again) = (run(padded(lead, talk, pause), *cuts) for pause in pauses)
    assert printable(first) == printable(again) == later(short, lead)
    (once, shifted) = (run(padded(0, talk, pause, talk)) for pause in (SILENCE, pauses[1]))
    assert printable(shifted)[: len(short)] == printable(short)
    second = len(short)
    assert printable(shifted)[second:] == later(once[second:], pauses[1] - SILENCE)


def padded(lead: int, talk: Samples, pause: int, then: Samples = NOTHING) -> Samples:
    dither = np.full(pause, 1 / PCM16_FULL_SCALE, np.float32)
    return np.concatenate([np.zeros(lead, np.float32), talk, dither, then])


def test_a_long_silence_leaves_no_more_than_the_pre_roll_in_memory() -> None:
    gate = Gate(LoudestSample(), SETTINGS)
    state = gate.init_state()
    sizes = []
    for _ in range(3):
        gate.feed(script((500, 0.1)), state)
        sizes.append(len(pickle.dumps(state)))
    assert sizes[0] == pytest.approx(sizes[2], abs=16)
    assert sizes[2] < (PRE_ROLL + 3) * VAD_FRAME_SAMPLES * 4


def test_the_shipped_settings_fit_the_model_window() -> None:
    settings = GateSettings()
    assert settings.max_segment_ms < 30_000
    assert [step.pause_ms for step in settings.shrink] == sorted(
        (step.pause_ms for step in settings.shrink), reverse=True
    )
    assert ms_to_samples(settings.max_segment_ms) > ms_to_samples(settings.shrink[-1].after_ms)
