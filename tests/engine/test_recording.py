"""A recording played to a session on a virtual clock."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from interp.core.audio import ms_to_samples
from interp.core.clock import VirtualClock
from interp.core.events import SessionEnded, SetPolicy, TargetText
from interp.engine.recording import Cue, chunks, interpret
from tests.engine.stage import session, speech, words
from tests.fakes.translator import ScriptTranslator


@given(samples=st.integers(0, 3000), chunk=st.integers(1, 700))
def test_chunks_are_the_recording_and_arrive_when_it_was_spoken(samples: int, chunk: int) -> None:
    audio = np.arange(samples, dtype=np.float32)
    pieces = list(chunks(audio, chunk))
    assert [value for piece in pieces for value in piece.samples.tolist()] == audio.tolist()
    heard = 0
    for piece in pieces:
        heard += piece.samples.size
        assert piece.arrived_ms == heard // 16


def test_the_clock_waits_for_the_speaker_and_moves_on_by_compute() -> None:
    clock = VirtualClock()
    stage = session(ScriptTranslator(), "waitk:k=1,unit_ms=320", clock=clock)
    events = list(interpret(stage, speech(2000), clock))
    ended = events[-1]
    assert isinstance(ended, SessionEnded)
    assert 2000 <= clock.now_ms() <= 2000 + ended.totals.compute_ms + 1e-6
    assert all(word.elapsed_ms >= word.delay_ms for word in words(events))


def test_who_wants_it_in_real_time_is_told_when_each_chunk_is_due() -> None:
    clock, due = VirtualClock(), list[float]()
    stage = session(ScriptTranslator(), "offline", clock=clock)
    list(interpret(stage, speech(400), clock, ms_to_samples(100), pace=due.append))
    assert due == [100, 200, 300, 400]


def test_events_come_as_they_are_said() -> None:
    clock = VirtualClock()
    stage = session(ScriptTranslator(), "waitk:k=1,unit_ms=320", clock=clock)
    events = interpret(stage, speech(4000), clock)
    first = next(events)
    assert isinstance(first, TargetText)
    assert clock.now_ms() < 1000


def test_a_cue_takes_its_place_among_the_audio() -> None:
    clock = VirtualClock()
    stage = session(ScriptTranslator(), "offline", clock=clock)
    cue = Cue(1000, SetPolicy("waitk:k=1,unit_ms=320"))
    found = words(list(interpret(stage, speech(2000), clock, cues=[cue])))
    assert 1000 < found[0].delay_ms < 2000
