import pytest

from interp.core.clock import VirtualClock
from interp.core.errors import InterpError, Reason
from interp.serve.lifetime import Lifetime
from interp.serve.limits import RelaySettings

LIMITS = RelaySettings(idle_s=10, max_duration_s=100, stall_s=20)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def lifetime(clock: VirtualClock) -> Lifetime:
    return Lifetime(LIMITS, resume_window_s=5, clock=clock)


def reason(error: InterpError | None) -> Reason | None:
    return error.reason if error else None


def test_without_a_stream_it_expires_after_its_window(
    lifetime: Lifetime, clock: VirtualClock
) -> None:
    clock.advance(5000)
    assert not lifetime.expired
    clock.advance(1)
    assert lifetime.expired
    lifetime.attached()
    assert not lifetime.expired
    clock.advance(6000)
    lifetime.detached()
    assert not lifetime.expired
    clock.advance(5001)
    assert lifetime.expired


def test_its_age_goes_on_elsewhere(lifetime: Lifetime, clock: VirtualClock) -> None:
    lifetime.restore(99_000)
    assert lifetime.age_ms == 99_000
    clock.advance(1000)
    assert lifetime.overrun(idle_ms=0, busy=False) is None
    clock.advance(1)
    assert reason(lifetime.overrun(idle_ms=0, busy=False)) is Reason.MAX_DURATION


def test_silence_counts_only_while_a_stream_is_there(lifetime: Lifetime) -> None:
    assert lifetime.overrun(idle_ms=10_001, busy=False) is None
    lifetime.attached()
    assert lifetime.overrun(idle_ms=10_000, busy=False) is None
    assert reason(lifetime.overrun(idle_ms=10_001, busy=False)) is Reason.IDLE_TIMEOUT


def test_a_replica_with_work_has_to_go_on(lifetime: Lifetime, clock: VirtualClock) -> None:
    clock.advance(20_001)
    assert lifetime.overrun(idle_ms=0, busy=False) is None
    assert reason(lifetime.overrun(idle_ms=0, busy=True)) is Reason.REPLICA_LOST
    lifetime.moved()
    assert lifetime.overrun(idle_ms=0, busy=True) is None
