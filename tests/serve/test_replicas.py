"""Lost, frozen, full and restarted replicas: sessions move, words neither vanish nor repeat."""

import asyncio

import pytest

from interp.core.errors import Reason
from interp.core.events import Audio, SetPolicy, Warned, WarningCode
from interp.core.translator import Pair
from interp.engine.local import LocalPool
from interp.engine.replica import PoolSize, Replica, ReplicaInfo
from interp.serve.link import DispatchSettings
from interp.wire.messages import SessionStarted
from tests.fakes.replica import FakeReplica
from tests.serve.gateway import (
    CALL_TIMEOUT_S,
    CONFIG,
    audio,
    eventually,
    heard,
    holder,
    serving,
    settings,
    text_of,
    words,
)

REPLACED = Warned(WarningCode.REPLICA_REPLACED)


@pytest.mark.parametrize("chunks", [1, 4, 5, 6, 12])
@pytest.mark.parametrize("how", ["dead", "frozen"])
async def test_a_lost_replica_costs_a_replay_and_no_word(chunks: int, how: str) -> None:
    replicas = [FakeReplica("a"), FakeReplica("b")]
    async with serving(*replicas) as gateway:
        talk = await gateway.call().say(CONFIG, *(audio(i) for i in range(1, chunks + 1)))
        before = await heard(talk, chunks)
        setattr(holder(replicas), how, True)
        await talk.say(*(audio(i) for i in range(chunks + 1, chunks + 4)))
        await talk.half_close()
        rest = await talk.rest()
    assert before + text_of(rest) == words(chunks + 3)
    assert rest.count(REPLACED) == 1
    assert talk.sequences == list(range(len(talk.sequences)))


async def test_a_session_reopens_at_its_last_checkpoint_with_what_came_after() -> None:
    replicas = [FakeReplica("a"), FakeReplica("b")]
    async with serving(*replicas) as gateway:
        talk = await gateway.call().say(CONFIG, *(audio(i) for i in range(1, 8)))
        await talk.say(SetPolicy("waitk:k=2"))
        await heard(talk, 7)
        first = holder(replicas)
        first.dead = True
        other = next(replica for replica in replicas if replica is not first)
        await eventually(lambda: other.opened)
        (_, checkpoint) = other.opened[0]
        (lane,) = other.lanes.values()
        await eventually(lambda: lane.words == 7)
        talk.cancel()
    assert checkpoint is not None
    assert checkpoint.position_samples == 5 * 1600
    assert sum(item.samples.size for item in lane.inputs if isinstance(item, Audio)) == 2 * 1600
    assert lane.inputs[-1] == SetPolicy("waitk:k=2")


async def test_all_sessions_of_a_lost_replica_move() -> None:
    replicas = [FakeReplica("a", lanes=6), FakeReplica("b", lanes=6)]
    async with serving(*replicas) as gateway:
        talks = [await gateway.call().say(CONFIG, audio(1)) for _ in range(6)]
        for talk in talks:
            await heard(talk, 1)
        assert {len(replica.lanes) for replica in replicas} == {3}, "load is spread"
        replicas[0].dead = True
        await eventually(lambda: len(replicas[1].lanes) == 6)
        for talk in talks:
            await talk.say(audio(2))
            await talk.half_close()
        assert [text_of(await talk.rest()) for talk in talks] == [" w1"] * 6
        assert gateway.server.metrics.moved._value.get() == 3


async def test_a_session_that_its_replica_forgot_is_worked_through_again() -> None:
    replicas = [FakeReplica("a"), FakeReplica("b")]
    async with serving(*replicas) as gateway:
        talk = await gateway.call().say(CONFIG, audio(1))
        await heard(talk, 1)
        holder(replicas).lanes.clear()
        await talk.say(audio(2))
        await talk.half_close()
        rest = await talk.rest()
    assert text_of(rest) == " w1"
    assert REPLACED in rest
    assert gateway.server.metrics.replicas_lost._value.get() == 0


class Supervised:
    """A pool that brings a lost replica back under its name after a while."""

    call_timeout_s = CALL_TIMEOUT_S
    size = PoolSize(2)

    def __init__(self, *replicas: FakeReplica, back_s: float) -> None:
        self.live: list[FakeReplica] = list(replicas)
        self.back_s = back_s
        self.reported: list[Replica] = []

    def replicas(self) -> list[FakeReplica]:
        """Those that live."""
        return list(self.live)

    async def report_lost(self, replica: Replica) -> None:
        """Start it anew."""
        self.reported.append(replica)
        self.live = [each for each in self.live if each is not replica]
        again = FakeReplica(replica.name)
        asyncio.get_running_loop().call_later(self.back_s, self.live.append, again)


async def test_waiting_for_a_replacement_is_no_stall() -> None:
    only = FakeReplica("a")
    pool = Supervised(only, back_s=0.4)
    async with serving(pool=pool, config=settings(stall_s=0.15)) as gateway:
        talk = await gateway.call().say(CONFIG, audio(1))
        await heard(talk, 1)
        only.dead = True
        await talk.say(audio(2))
        await talk.half_close()
        assert text_of(await talk.rest()) == " w1"


async def test_a_session_waits_for_the_replacement() -> None:
    only = FakeReplica("a")
    pool = Supervised(only, back_s=0.2)
    async with serving(pool=pool) as gateway:
        talk = await gateway.call().say(CONFIG, audio(1), audio(2))
        await heard(talk, 2)
        only.dead = True
        await talk.say(audio(3))
        await talk.half_close()
        rest = await talk.rest()
    assert text_of(rest) == " w2"
    assert pool.reported == [only]


async def test_sessions_on_a_standby_stay_and_new_ones_go_to_its_principal() -> None:
    class Standby(LocalPool):
        """Lists the second only while the first is gone."""

        def replicas(self) -> list[Replica]:
            return list(super().replicas())[:1]

    first, second, back = FakeReplica("a"), FakeReplica("b"), FakeReplica("a")
    pool = Standby([first, second], CALL_TIMEOUT_S)
    async with serving(pool=pool) as gateway:
        talk = await gateway.call().say(CONFIG, audio(1))
        await heard(talk, 1)
        first.dead = True
        await eventually(lambda: second.lanes)
        pool._replicas.insert(0, back)
        other = await gateway.call().say(CONFIG, audio(1))
        await heard(other, 1)
        assert (len(second.lanes), len(back.lanes)) == (1, 1)
        await talk.say(audio(2))
        await talk.half_close()
        assert text_of(await talk.rest()) == " w1"


async def test_a_session_without_a_replacement_ends_in_time() -> None:
    only = FakeReplica("a")
    async with serving(only) as gateway:
        talk = await gateway.call().say(CONFIG, audio(1))
        await heard(talk, 1)
        only.dead = True
        async with asyncio.timeout(3):
            error = await talk.error()
    assert error.reason is Reason.REPLICA_LOST


async def test_a_session_that_breaks_every_replica_is_stopped() -> None:
    class Fragile(FakeReplica):
        async def tick(self, inbound):  # type: ignore[no-untyped-def]
            if any(inbound.values()):
                raise ZeroDivisionError
            return await super().tick(inbound)

    replicas = [Fragile(str(i)) for i in range(8)]
    config = settings(dispatch=DispatchSettings(tick_ms=5, retry_ms=10, max_moves=2))
    async with serving(*replicas, config=config) as gateway:
        error = await (await gateway.call().say(CONFIG, audio(1))).error()
        broken = 8 - len(gateway.server._pool.replicas())
    assert error.reason is Reason.ENGINE_FAILED
    assert broken == 3


async def test_a_journal_that_let_go_cannot_replay_and_says_so() -> None:
    replicas = [FakeReplica("a"), FakeReplica("b")]
    async with serving(*replicas, config=settings(journal_s=0.2)) as gateway:
        talk = await gateway.call().say(CONFIG, *(audio(i) for i in range(1, 5)))
        await heard(talk, 4)
        holder(replicas).dead = True
        error = await talk.error()
    assert error.reason is Reason.REPLICA_LOST


async def test_a_full_replica_is_passed_over() -> None:
    replicas = [FakeReplica("a", lanes=1), FakeReplica("b", lanes=1)]
    replicas[0].lanes["of another gateway"] = None  # type: ignore[assignment]
    async with serving(*replicas) as gateway:
        talk = await gateway.call().say(CONFIG)
        await talk.until(SessionStarted)
        assert len(replicas[1].lanes) == 1


async def test_a_session_goes_where_its_language_is_heard() -> None:
    french = FakeReplica("f", info=ReplicaInfo(4, frozenset({Pair("fr", "en")}), (), "m"))
    german = FakeReplica("g", info=ReplicaInfo(4, frozenset({Pair("de", "en")}), (), "m"))
    async with serving(german, french) as gateway:
        talk = await gateway.call().say(CONFIG)
        await talk.until(SessionStarted)
        assert (len(french.lanes), len(german.lanes)) == (1, 0)


async def test_a_replica_that_stalls_does_not_hold_a_session_for_ever() -> None:
    class Stalled(FakeReplica):
        def _hear(self, lane, item) -> None:  # type: ignore[no-untyped-def]
            pass

    async with serving(Stalled(), config=settings(stall_s=0.3)) as gateway:
        talk = await gateway.call().say(CONFIG, audio(1))
        await talk.half_close()
        error = await talk.error()
    assert error.reason is Reason.REPLICA_LOST


async def test_an_idle_gateway_does_not_tick() -> None:
    replica = FakeReplica()
    async with serving(replica) as gateway:
        talk = await gateway.call().say(CONFIG, audio(1))
        await talk.half_close()
        await talk.rest()
        await eventually(lambda: bool(replica.closed))
        ticks = replica.ticks
        await asyncio.sleep(0.1)
    assert replica.ticks == ticks


async def test_a_lane_taken_for_a_caller_who_left_meanwhile_is_closed() -> None:
    class Slow(FakeReplica):
        async def open(self, session_id, config, checkpoint):  # type: ignore[no-untyped-def]
            await super().open(session_id, config, checkpoint)
            await asyncio.sleep(0.15)

    replica = Slow()
    async with serving(replica) as gateway:
        talk = await gateway.call().say(CONFIG)
        await eventually(lambda: replica.lanes)
        talk.cancel()
        await eventually(lambda: not replica.lanes)
    assert len(replica.closed) == 1
