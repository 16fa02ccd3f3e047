import pytest
from hypothesis import given
from hypothesis import strategies as st

from interp.core.audio import ms_to_samples
from interp.core.clock import VirtualClock
from interp.core.events import MadeUp, PassedOver, Replay
from interp.engine.outgoing import Outgoing
from interp.engine.pace import LATE_MS, Pace


def test_audio_that_is_worked_through_as_it_arrives_is_in_time() -> None:
    clock = VirtualClock(5000.0)
    pace = Pace(clock, limit_ms=100)
    pace.hear(5000.0, ms_to_samples(500))
    assert pace.behind_ms(ms_to_samples(500)) == 0
    assert pace.elapsed_ms(ms_to_samples(500)) == 500
    assert not pace.too_late(ms_to_samples(500))


def test_compute_puts_it_behind_and_elapsed_says_so() -> None:
    clock = VirtualClock(500.0)
    pace = Pace(clock, limit_ms=100)
    pace.hear(500.0, ms_to_samples(500))
    clock.advance(70.4)
    assert pace.elapsed_ms(ms_to_samples(500)) == 570
    assert not pace.too_late(ms_to_samples(500))
    clock.advance(30)
    assert pace.too_late(ms_to_samples(500))


def test_audio_sent_ahead_of_time_is_due_when_it_would_have_been_spoken() -> None:
    clock = VirtualClock(0.0)
    pace = Pace(clock, limit_ms=100)
    pace.hear(0.0, 0)
    pace.hear(0.0, ms_to_samples(20_000))
    clock.advance_to(8000.0)
    assert pace.behind_ms(ms_to_samples(20_000)) == 0
    assert pace.behind_ms(ms_to_samples(7000)) == 1000


def test_audio_that_came_late_is_not_the_engines_delay() -> None:
    clock = VirtualClock(100.0)
    pace = Pace(clock, limit_ms=100)
    pace.hear(100.0, ms_to_samples(100))
    clock.advance_to(9000.0)
    pace.hear(9000.0, ms_to_samples(200))
    assert pace.behind_ms(ms_to_samples(200)) == 0


@given(st.floats(0, 1e6), st.integers(0, 10**6))
def test_without_a_limit_nothing_is_too_late(spent_ms: float, position: int) -> None:
    clock = VirtualClock()
    pace = Pace(clock, limit_ms=None)
    pace.hear(0.0, 0)
    clock.advance(spent_ms)
    assert not pace.too_late(position)
    assert not pace.passes_over(position)


def test_all_decisions_at_one_position_have_one_answer() -> None:
    clock = VirtualClock(0.0)
    pace = Pace(clock, limit_ms=100)
    pace.hear(0.0, 0)
    assert not pace.passes_over(512)
    clock.advance(5000)
    assert not pace.passes_over(512), "what was decided there stays so"
    assert pace.passes_over(1024)


@pytest.mark.parametrize(("position", "passes"), [(512, True), (1024, False), (2048, False)])
def test_a_replay_passes_over_where_the_original_did_and_asks_no_clock(
    position: int, passes: bool
) -> None:
    clock = VirtualClock(0.0)
    pace = Pace(clock, limit_ms=100)
    pace.hear(0.0, 0)
    clock.advance(60_000)
    pace.follow(Replay(2048, frozenset({512})))
    assert pace.replays(position)
    assert pace.passes_over(position) == passes


def test_beyond_what_the_original_was_heard_to_say_only_what_comes_on_top_is_late() -> None:
    clock = VirtualClock(0.0)
    pace = Pace(clock, limit_ms=100)
    pace.hear(0.0, 0)
    clock.advance(60_000)
    pace.follow(Replay(2048, frozenset({512})))
    assert not pace.replays(2560)
    assert not pace.passes_over(2560), "nobody worked on it for a minute"
    clock.advance(90)
    assert not pace.passes_over(3072)
    clock.advance(150)
    assert pace.passes_over(3584)


def test_what_a_replay_has_made_up_for_is_excused_no_more() -> None:
    clock = VirtualClock(0.0)
    pace = Pace(clock, limit_ms=100)
    pace.hear(0.0, 0)
    clock.advance(60_000)
    pace.follow(Replay(-1, frozenset()))
    assert not pace.too_late(0)
    assert not pace.too_late(ms_to_samples(60_000)), "made up for"
    clock.advance(200)
    assert pace.too_late(ms_to_samples(60_000))


@pytest.mark.parametrize(("behind_ms", "late"), [(LATE_MS - 10, False), (LATE_MS + 10, True)])
def test_a_late_decision_is_made_where_the_speaker_is_by_then(behind_ms: float, late: bool) -> None:
    clock, outgoing = VirtualClock(0.0), Outgoing(0)
    pace = Pace(clock, limit_ms=5000)
    pace.hear(0.0, 0)
    clock.advance(behind_ms)
    assert pace.passing_over(0, outgoing) == late
    assert outgoing.take() == ([PassedOver(0)] if late else [])
    assert not pace.making_up(512, outgoing, newest=False)
    assert pace.making_up(1024, outgoing, newest=True)
    assert outgoing.take() == [MadeUp(1024)]


def test_a_replay_makes_up_where_the_original_did() -> None:
    pace, outgoing = Pace(VirtualClock(0.0), limit_ms=5000), Outgoing(0)
    pace.follow(Replay(2047, frozenset({512}), frozenset({1024, 2048})))
    found = [pace.making_up(at, outgoing, newest=at == 1536) for at in range(512, 2560, 512)]
    assert found == [False, True, False, True]
    assert outgoing.take() == [], "it is known"


def test_what_is_made_up_for_is_as_late_as_when_it_was_due_first() -> None:
    clock, outgoing = VirtualClock(0.0), Outgoing(0)
    pace = Pace(clock, limit_ms=5000)
    pace.hear(0.0, 0)
    pace.hear(0.0, ms_to_samples(2000))
    clock.advance(2500)
    assert pace.passing_over(ms_to_samples(500), outgoing)
    assert pace.passing_over(ms_to_samples(1000), outgoing)
    pace.decided(ms_to_samples(2000), wrote=True)
    pace.decided(ms_to_samples(2000), wrote=True)
    assert pace.lateness_ms() == [2000, 500]
    pace.decided(ms_to_samples(2000), wrote=False)
    assert pace.lateness_ms() == []


def test_only_what_is_too_late_is_told_the_client() -> None:
    clock, outgoing = VirtualClock(0.0), Outgoing(0)
    pace = Pace(clock, limit_ms=5000)
    pace.hear(0.0, 0)
    clock.advance(2000)
    assert pace.passing_over(0, outgoing)
    assert outgoing.take() == [PassedOver(0)]
    clock.advance(4000)
    assert pace.passing_over(512, outgoing)
    assert len(outgoing.take()) == 2
