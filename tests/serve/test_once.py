import numpy as np
import pytest

from interp.core.errors import EngineFailed
from interp.core.events import MarkerReached, Numbered, TargetSpeech
from interp.serve.once import Once


def said(sequence: int) -> Numbered:
    return Numbered(sequence, MarkerReached("m", 0))


def sound(offset_ms: int, delay_ms: int = 0) -> Numbered:
    samples = np.zeros(2400, np.float32)  # 100 ms
    return Numbered(0, TargetSpeech(0, samples, None, offset_ms, "", 0, 0, delay_ms, delay_ms))


def test_an_event_is_told_once() -> None:
    once = Once()
    assert [once.admit(said(n)) for n in (0, 1, 2, 0, 1, 2, 3)] == [
        *(True, True, True),
        *(False, False, False),
        True,
    ]


def test_a_hole_in_the_events_is_a_fault() -> None:
    once = Once()
    once.admit(said(0))
    with pytest.raises(EngineFailed):
        once.admit(said(2))


def test_no_place_on_the_target_timeline_sounds_twice() -> None:
    once = Once()
    assert [once.admit(sound(offset)) for offset in (0, 100, 50, 100, 200)] == [
        *(True, True),
        *(False, False),
        True,
    ]


def test_speech_from_before_an_interrupt_is_not_told() -> None:
    once = Once()
    once.hush(500)
    assert not once.admit(sound(0, delay_ms=500))
    assert once.admit(sound(0, delay_ms=501))
