import pytest

from interp.core.clock import MonotonicClock, VirtualClock


def test_the_real_clock_goes_forward_in_milliseconds() -> None:
    clock = MonotonicClock()
    first, later = clock.now_ms(), clock.now_ms()
    assert first <= later < first + 60_000


def test_a_virtual_clock_moves_only_when_told_to() -> None:
    clock = VirtualClock()
    assert clock.now_ms() == clock.now_ms() == 0.0
    clock.advance(12.5)
    clock.advance(0)
    assert clock.now_ms() == 12.5


def test_a_virtual_clock_is_never_set_back() -> None:
    clock = VirtualClock(100.0)
    clock.advance_to(40.0)
    assert clock.now_ms() == 100.0
    clock.advance_to(250.0)
    assert clock.now_ms() == 250.0
    with pytest.raises(AssertionError, match="does not go back"):
        clock.advance(-1)
