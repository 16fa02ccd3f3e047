import numpy as np
import pytest

from interp.cluster.hosted import Pulse
from interp.cluster.replica import RayReplica
from interp.core.clock import MonotonicClock
from interp.core.errors import Reason, Unavailable
from interp.core.events import Audio, End
from tests.engine.stage import speech
from tests.fakes.actor import FakeActor

DAY_MS = 86_400_000


def here() -> Pulse:
    return Pulse(1, MonotonicClock().now_ms())


def a_day_ahead() -> Pulse:
    return Pulse(1, MonotonicClock().now_ms() + DAY_MS)


async def test_arrival_times_are_told_on_the_clock_of_another_machine() -> None:
    actor = FakeActor(a_day_ahead)
    replica = RayReplica("r", actor)
    await replica.ping()
    audio = Audio(speech(100), arrived_ms=1000.0)
    await replica.tick({"a": [audio, End()]})
    ((moved, end),) = [items for each in actor.ticked for items in each.values()]  # type: ignore[attr-defined]
    assert moved.arrived_ms == pytest.approx(1000 + DAY_MS, abs=1000)
    np.testing.assert_array_equal(moved.samples, audio.samples)
    assert end == End()


async def test_arrival_times_stay_on_one_machine() -> None:
    actor = FakeActor(here)
    replica = RayReplica("r", actor)
    await replica.ping()
    inbound = {"a": [Audio(speech(100), arrived_ms=1000.0)]}
    await replica.tick(inbound)
    ((told,),) = [items for each in actor.ticked for items in each.values()]  # type: ignore[attr-defined]
    assert told.arrived_ms == 1000.0


async def test_a_replica_once_found_lost_stays_lost() -> None:
    replica = RayReplica("r", FakeActor(here))
    replica.lost.set()
    with pytest.raises(Unavailable) as lost:
        await replica.ping()
    assert lost.value.reason is Reason.REPLICA_LOST
