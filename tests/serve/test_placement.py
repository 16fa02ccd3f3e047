"""Where sessions go: to whom there is room and time, in the quality that there is time for."""

import asyncio
from dataclasses import replace

from interp.core.errors import InterpError, Reason
from interp.core.events import Output, SetPolicy, TargetText
from interp.core.synthesiser import Voice
from interp.core.translator import Pair
from interp.engine.host import HostSettings
from interp.engine.load import MOST_DUE, Load
from interp.engine.replica import ReplicaInfo
from tests.fakes.host_replica import HostReplica
from tests.fakes.replica import FakeReplica
from tests.serve.gateway import (
    CONFIG,
    Talk,
    audio,
    eventually,
    heard,
    holder,
    serving,
    text_of,
    words,
)


def policies(replica: FakeReplica) -> list[list[str]]:
    """What each session on it was told to decide with, in order."""
    lanes = replica.lanes.values()
    return [[i.policy for i in lane.inputs if isinstance(i, SetPolicy)] for lane in lanes]


async def test_more_sessions_than_a_replica_serves_at_its_best_are_served_fast() -> None:
    offer = ReplicaInfo(8, frozenset({Pair("fr", "en")}), (), "m", best_lanes=2)
    replica = FakeReplica("a", info=offer)
    own = replace(CONFIG, session=replace(CONFIG.session, policy="waitk:k=2"))
    async with serving(replica) as gateway:
        talks = [await gateway.call().say(CONFIG, audio(1)) for _ in range(2)]
        for talk in talks:
            await talk.until(TargetText)
        assert policies(replica) == [[], []]
        talks.append(await gateway.call().say(own, audio(1)))
        await eventually(lambda: policies(replica) == [["fast"], ["fast"], []])
        await talks[2].half_close()
        await talks[2].rest()
        await eventually(lambda: policies(replica) == [["fast", "best"]] * 2)


async def test_a_session_with_speech_counts_for_two() -> None:
    voice = Voice("v", "en")
    offer = ReplicaInfo(8, frozenset({Pair("fr", "en")}), (voice,), "m", best_lanes=2)
    replica = FakeReplica("a", info=offer)
    outputs = frozenset({Output.TEXT, Output.SPEECH})
    spoken = replace(CONFIG, session=replace(CONFIG.session, outputs=outputs))
    async with serving(replica) as gateway:
        first = await gateway.call().say(spoken, audio(1))
        await first.until(TargetText)
        assert policies(replica) == [[]]
        await gateway.call().say(CONFIG, audio(1))
        await eventually(lambda: policies(replica) == [["fast"], ["fast"]])


async def test_a_session_worked_through_again_is_served_as_it_was() -> None:
    offer = ReplicaInfo(8, frozenset({Pair("fr", "en")}), (), "m", best_lanes=0)
    replicas = [FakeReplica("a", info=offer), FakeReplica("b", info=replace(offer, best_lanes=9))]
    async with serving(*replicas) as gateway:
        talk = await gateway.call().say(CONFIG, audio(1), audio(2))
        await heard(talk, 2)
        first, second = (holder(replicas), next(r for r in replicas if not r.lanes))
        told = policies(first)
        first.dead = True
        await talk.say(audio(3))
        await eventually(lambda: bool(second.lanes))
        await heard(talk, 1)
        replayed = next(iter(second.lanes.values())).inputs
        changes = [i for i in replayed if isinstance(i, SetPolicy)]
        assert [change.policy for change in changes][: len(told[0])] == told[0]
        await talk.half_close()
        await talk.rest()


async def test_a_session_goes_to_the_replica_that_has_less_to_do_not_to_the_one_with_fewer() -> (
    None
):
    heavy, light = FakeReplica("a"), FakeReplica("b")
    heavy.busy = Load(sessions=1, free_lanes=7, busy=0.9, lag_ms=300)
    light.busy = Load(sessions=3, free_lanes=5, busy=0.3, lag_ms=60)
    async with serving(heavy, light) as gateway:
        talk = await gateway.call().say(CONFIG, audio(1))
        await heard(talk, 1)
        assert (len(heavy.lanes), len(light.lanes)) == (0, 1)


async def test_one_that_would_be_late_is_full_before_its_lanes_are() -> None:
    only = FakeReplica("a")
    only.busy = Load(sessions=3, free_lanes=5, busy=1.0, lag_ms=700)
    async with serving(only) as gateway:
        refused = await (await gateway.call().say(CONFIG)).error()
        only.busy = Load(sessions=3, free_lanes=5, busy=1.0, lag_ms=300)
        talk = await gateway.call().say(CONFIG, audio(1))
        assert await heard(talk, 1) == words(1)
    assert (refused.reason, bool(refused.retry_after_ms)) == (Reason.NO_LANE, True)


async def test_of_sessions_that_come_at_once_those_are_let_in_that_there_is_time_for() -> None:
    """None of them has cost anything yet, nor is anything late."""
    share = 0.25
    replica = HostReplica(settings=HostSettings(lanes=32), session_share=share)
    try:
        async with serving(replica) as gateway:
            talks = [await gateway.call().say(CONFIG) for _ in range(12)]
            told = await asyncio.gather(*(first_told(talk) for talk in talks))
    finally:
        replica.host.stop()
    refused = [each for each in told if isinstance(each, InterpError)]
    assert len(told) - len(refused) == int(MOST_DUE / share)
    assert {(each.reason, bool(each.retry_after_ms)) for each in refused} == {
        (Reason.NO_LANE, True)
    }


async def first_told(talk: Talk) -> object:
    try:
        return await talk.read()
    except InterpError as error:
        return error


async def test_a_session_that_runs_is_moved_to_a_busy_replica_all_the_same() -> None:
    replicas = [FakeReplica("a"), FakeReplica("b")]
    async with serving(*replicas) as gateway:
        talk = await gateway.call().say(CONFIG, audio(1))
        await heard(talk, 1)
        for replica in replicas:
            replica.busy = Load(sessions=3, free_lanes=5, busy=1.0, lag_ms=9_000)
        holder(replicas).dead = True
        await talk.say(audio(2))
        await talk.half_close()
        assert text_of(await talk.rest()) == " w1"


async def test_one_that_does_not_say_how_busy_it_is_comes_last() -> None:
    class Silent(FakeReplica):
        async def load(self) -> Load:
            await asyncio.sleep(3600)
            raise AssertionError("nobody waits for it")

    silent, other = Silent("a"), FakeReplica("b")
    other.busy = Load(sessions=7, free_lanes=1, busy=1.5, lag_ms=300)
    async with serving(silent, other) as gateway:
        talk = await gateway.call().say(CONFIG, audio(1))
        await heard(talk, 1)
        assert (len(silent.lanes), len(other.lanes)) == (0, 1)


async def test_what_replicas_have_to_do_is_there_for_who_scales_by_it() -> None:
    info = ReplicaInfo(8, frozenset({Pair("fr", "en")}), (), "m", precision="int8")
    busy, other = FakeReplica("a", info=info), FakeReplica("b")
    busy.busy = Load(sessions=3, free_lanes=5, busy=0.75, lag_ms=1_500)
    async with serving(busy, other) as gateway:
        registry = gateway.server.metrics.registry

        def shown(what: str, replica: str, **labels: str) -> float | None:
            labels["replica"] = replica
            return registry.get_sample_value(f"interp_replica_{what}", labels)

        await eventually(lambda: shown("lanes_free", "a") == 5)
        assert (shown("busy_ratio", "a"), shown("lag_seconds", "a")) == (0.75, 1.5)
        assert shown("lanes_free", "b") == 8
        assert shown("info", "a", model="m", precision="int8") == 1
        await gateway.call().say(CONFIG)
        busy.dead = True
        await eventually(lambda: shown("lanes_free", "a") is None)
        assert shown("info", "a", model="m", precision="int8") is None
