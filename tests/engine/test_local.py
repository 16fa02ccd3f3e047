"""Replicas in this process: a host behind the calls of `Replica`, and a pool of them."""

from collections.abc import Iterator

import pytest

from interp.core.clock import VirtualClock
from interp.core.config import SessionConfig
from interp.core.errors import Reason, Unavailable
from interp.core.events import Audio, End, Numbered, TargetText
from interp.engine.gate import Gate, GateSettings
from interp.engine.host import Host, HostSettings
from interp.engine.local import LocalPool, LocalReplica
from interp.engine.models import Models
from interp.engine.replica import Outbound, ReplicaInfo
from tests.engine.stage import speech
from tests.fakes.translator import PAIRS, ScriptTranslator
from tests.fakes.voice import LoudestSample

CONFIG = SessionConfig("fr", "en", policy="waitk:k=1,unit_ms=320")
MOST_TICKS = 5000


@pytest.fixture(name="host")
def _host() -> Iterator[Host]:
    host = Host(
        gate=Gate(LoudestSample(), GateSettings()),
        models=Models(ScriptTranslator(word_ms=320)),
        clock=VirtualClock(),
        settings=HostSettings(lanes=1),
        info=ReplicaInfo(1, PAIRS, (), "script"),
    )
    host.start()
    yield host
    host.stop()


async def test_a_session_is_worked_through_behind_its_calls(host: Host) -> None:
    replica = LocalReplica("r0", host)
    assert (await replica.info()).pairs == PAIRS
    await replica.open("a", CONFIG, None)
    said: list[Outbound] = await replica.tick({"a": [Audio(speech(1600), 0.0), End()]})
    for _ in range(MOST_TICKS):
        said += await replica.tick({"a": []})
        texts = [
            item.event
            for out in said
            for item in out.items
            if isinstance(item, Numbered) and isinstance(item.event, TargetText)
        ]
        if texts and texts[-1].segment_ended:
            break
    words = [word.text for text in texts for word in text.words]
    assert words == [f" w{i}" for i in range(5)]


async def test_a_closed_session_has_nothing_to_say(host: Host) -> None:
    replica = LocalReplica("r0", host)
    await replica.open("a", CONFIG, None)
    await replica.close("a")
    assert await replica.tick({"a": []}) == []


async def test_a_host_that_stopped_is_a_replica_lost(host: Host) -> None:
    replica = LocalReplica("r0", host)
    await replica.open("a", CONFIG, None)
    host.stop()
    for call in (replica.info(), replica.tick({"a": []}), replica.close("a")):
        with pytest.raises(Unavailable) as refused:
            await call
        assert refused.value.reason is Reason.REPLICA_LOST
        assert refused.value.retry_after_ms is not None


async def test_a_pool_lists_what_was_not_reported_lost(host: Host) -> None:
    first, second = LocalReplica("a", host), LocalReplica("b", host)
    pool = LocalPool([first, second])
    assert pool.replicas() == (first, second)
    await pool.report_lost(first)
    await pool.report_lost(first)
    assert pool.replicas() == (second,)
