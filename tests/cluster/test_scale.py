from collections.abc import Mapping

import pytest

from interp.cluster.scale import GONE_S, SETTLE_S, STALE_S, Plan, Scale, ScaleSettings
from interp.engine.load import Load

SETTINGS = ScaleSettings(
    grow_below=0.2,
    grow_lag_ms=1000,
    grow_after_s=5,
    shrink_above=0.5,
    shrink_after_s=60,
    place_s=100,
    pause_s=30,
)
A, B, C, D = (f"interp-replica-{i}" for i in range(4))
FULL, IDLE, HALF = Load(8, 0), Load(0, 8), Load(4, 4)


class Told:
    """A scale that one gateway asks each second; what it keeps is what the plan says."""

    def __init__(self, most: int = 2) -> None:
        self.scale, self.now_s = Scale(SETTINGS, first=1, most=most), 0.0
        self.plan, self.withdrawn = Plan(), 0

    def hear(self, loads: Mapping[str, Load], seconds: int = 1) -> Plan:
        for _ in range(seconds):
            self.now_s += 1
            self.plan = self.scale.beat(loads, self.plan.names, self.now_s)
            self.withdrawn += self.plan.withdrawn is not None
        return self.plan


@pytest.fixture
def told() -> Told:
    return Told()


def test_few_free_lanes_for_some_seconds_ask_for_one_more(told: Told) -> None:
    assert not told.hear({A: FULL}, 5).names
    assert told.hear({A: FULL}).names == (B,)


def test_a_moment_without_lanes_asks_for_nothing(told: Told) -> None:
    for _ in range(5):
        told.hear({A: FULL}, 4)
        told.hear({A: HALF})
    assert not told.plan.names


def test_words_that_come_late_everywhere_ask_for_one_more(told: Told) -> None:
    late = Load(2, 6, lag_ms=1500)
    assert told.hear({A: late}, 6).names == (B,)
    other = Told()
    other.scale.beat({A: late, B: HALF}, (), 0)
    assert other.hear({A: late, B: HALF}, 20).names == (B,), "one of them has time"


def test_it_grows_one_at_a_time_and_not_beyond_the_most(told: Told) -> None:
    assert told.hear({A: FULL}, 50).names == (B,), "it is seen first what one more makes of it"
    assert told.hear({A: FULL, B: FULL}, 6).names == (B, C)
    assert told.hear({A: FULL, B: FULL, C: FULL}, 50).names == (B, C)


def test_two_gateways_that_see_the_same_want_one_more(told: Told) -> None:
    for _ in range(30):
        told.hear({A: FULL})
        assert told.scale.beat({A: FULL}, (), told.now_s).names in ((), (B,))
    assert told.plan.names == (B,)


def test_the_newest_retires_when_it_was_long_unused_and_goes_empty(told: Told) -> None:
    told.hear({A: FULL}, 6)
    told.hear({A: HALF, B: Load(0, 8)}, 60)
    assert not told.plan.retiring, "a rest of exactly half is free, but not for long enough"
    assert told.hear({A: IDLE, B: Load(1, 7)}, 10).retiring == {B}
    assert told.hear({A: IDLE, B: Load(1, 7)}, 100).names == (B,), "it has a session"
    plan = told.hear({A: IDLE, B: IDLE})
    assert (plan.names, plan.gone) == ((), (B,))


def test_one_is_not_ended_before_every_gateway_was_told(told: Told) -> None:
    told.hear({A: FULL}, 6)
    plan = told.hear({A: IDLE, B: IDLE}, 61)
    assert plan.retiring == {B}
    assert told.hear({A: IDLE, B: IDLE}, int(SETTLE_S) - 1).names == (B,)
    assert told.hear({A: IDLE, B: IDLE}).names == ()


def test_one_whose_sessions_found_no_room_elsewhere_stays(told: Told) -> None:
    told.hear({A: FULL}, 6)
    assert not told.hear({A: Load(2, 6), B: Load(3, 5)}, 200).retiring


def test_one_that_retires_is_taken_back_before_another_is_made(told: Told) -> None:
    told.hear({A: FULL}, 6)
    assert told.hear({A: IDLE, B: Load(1, 7)}, 70).retiring == {B}
    plan = told.hear({A: FULL, B: Load(1, 7)}, 6)
    assert (plan.names, plan.retiring) == ((B,), frozenset())


def test_one_that_finds_no_room_is_withdrawn_once_and_asked_for_later(told: Told) -> None:
    told.hear({A: FULL}, 6)
    told.hear({A: FULL}, 101)
    assert (told.plan.names, told.plan.gone, told.withdrawn) == ((), (B,), 1)
    assert not told.hear({A: FULL}, int(SETTINGS.pause_s) - 1).names
    assert told.hear({A: FULL}, 2).names == (C,), "a name that may still be in use is not taken"
    assert told.withdrawn == 1


def test_a_name_comes_back_when_nobody_can_have_it_any_more(told: Told) -> None:
    told.hear({A: FULL}, 107)
    told.hear({A: HALF}, int(GONE_S) + 1)
    assert not told.plan.gone
    assert told.hear({A: FULL}, 6).names == (B,)


def test_a_lost_one_is_waited_for_and_counts_no_lanes(told: Told) -> None:
    told.hear({A: FULL}, 6)
    told.hear({A: HALF, B: HALF})
    told.hear({A: FULL}, int(STALE_S) + 20)
    assert told.plan.names == (B,), "it is being replaced"
    assert told.hear({A: FULL}, 100).gone == (B,)


def test_a_new_scale_takes_over_what_gateways_have(told: Told) -> None:
    plan = told.scale.beat({A: HALF, C: HALF}, (C, B), 0)
    assert set(plan.names) == {B, C}
    told.plan = plan
    assert told.hear({A: HALF, C: HALF}, 101).gone == (B,), "what was never placed is withdrawn"
    assert told.plan.names == (C,)


def test_nothing_known_changes_nothing(told: Told) -> None:
    assert told.hear({}, 100) == Plan()


@pytest.mark.parametrize("wrong", [{"grow_below": 0.6}, {"place_s": -1}, {"shrink_above": 1.5}])
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"grow_below|negative"):
        ScaleSettings(**wrong)
