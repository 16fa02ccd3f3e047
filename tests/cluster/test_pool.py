import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
import ray
from ray.exceptions import RayError

from interp.cluster.actor import CAST_S, RayReplicaActor
from interp.cluster.calls import answer_in, asked
from interp.cluster.hosted import Pulse
from interp.cluster.line import Line
from interp.cluster.mould import RayMould, mould_here
from interp.cluster.pool import RayPool
from interp.cluster.replica import RayReplica
from interp.core.clock import MonotonicClock
from interp.core.config import SessionConfig
from interp.core.errors import (
    AtCapacity,
    InterpError,
    InvalidRequest,
    NotServed,
    Reason,
    Unavailable,
)
from interp.core.events import Audio, Checkpoint, End, Input, Numbered, Said, SessionEnded
from interp.engine.replica import Outbound, answer_of
from tests.attack.processes import carriers_of, parent_of
from tests.cluster.conftest import CONFIG
from tests.cluster.scripted import scripted_host, talkative_host
from tests.engine.stage import pause, run, speech, written

pytestmark = [pytest.mark.ray, pytest.mark.asyncio(loop_scope="session")]

CONFIG_FR = SessionConfig("fr", "en", policy="waitk:k=2,unit_ms=320")
REPLACED_WITHIN_S = 20.0
FACTORY = ray.cloudpickle.dumps(scripted_host)  # type: ignore[no-untyped-call]


async def whole(pool: RayPool) -> list[RayReplica]:
    """The replicas, once all of them are there."""
    await until(lambda: len(pool.replicas()) == CONFIG.replicas)
    return [each for each in pool.replicas() if isinstance(each, RayReplica)]


async def until(condition: Callable[[], bool]) -> None:
    give_up_s = time.monotonic() + REPLACED_WITHIN_S
    while time.monotonic() < give_up_s:
        if condition():
            return
        await asyncio.sleep(0.02)
    pytest.fail("it did not come about")


def talk(ms: int) -> list[Input]:
    return [Audio(speech(ms), MonotonicClock().now_ms()), End()]


async def heard_out(replica: RayReplica, session_id: str) -> list[Said]:
    items: list[Said] = []
    async with asyncio.timeout(10):
        while not any(isinstance(i, Numbered) and isinstance(i.event, SessionEnded) for i in items):
            for out in await replica.tick({session_id: []}):
                items.extend(out.items)
            await asyncio.sleep(0.02)
    return items


async def test_a_replica_writes_what_the_session_writes_in_one_process(pool: RayPool) -> None:
    replica, _ = await whole(pool)
    await replica.open("a", CONFIG_FR, None)
    await replica.tick({"a": talk(3000)})
    events = [i.event for i in await heard_out(replica, "a") if isinstance(i, Numbered)]
    await replica.close("a")
    assert written(events) == written(run(CONFIG_FR.policy, speech(3000)))


async def test_a_replica_goes_on_at_a_checkpoint_from_another(pool: RayPool) -> None:
    first, second = await whole(pool)
    await first.open("a", CONFIG_FR, None)
    await first.tick({"a": [Audio(speech(2000), 0.0), Audio(pause(1500), 0.0), End()]})
    items = await heard_out(first, "a")
    await first.close("a")
    checkpoint = next(i for i in items if isinstance(i, Checkpoint))
    await second.open("a", CONFIG_FR, checkpoint)
    await second.tick({"a": talk(1000)})
    (numbered, *_) = [i for i in await heard_out(second, "a") if isinstance(i, Numbered)]
    await second.close("a")
    assert numbered.sequence == checkpoint.next_sequence


async def test_a_full_replica_says_when_to_try_again(pool: RayPool) -> None:
    replica, _ = await whole(pool)
    lanes = (await replica.info()).lanes
    for index in range(lanes):
        await replica.open(f"full-{index}", CONFIG_FR, None)
    with pytest.raises(AtCapacity) as refused:
        await replica.open("one-more", CONFIG_FR, None)
    assert refused.value.reason is Reason.NO_LANE
    assert refused.value.retry_after_ms == 1000
    await replica.close("full-0")
    await replica.open("one-more", CONFIG_FR, None)
    for session_id in ("full-1", "one-more"):
        await replica.close(session_id)


@pytest.mark.parametrize(
    ("config", "error"),
    [(SessionConfig("xx", "en"), NotServed), (SessionConfig("?", "en"), InvalidRequest)],
)
async def test_errors_of_ours_come_back_as_they_were_raised(
    pool: RayPool, config: SessionConfig, error: type[InterpError]
) -> None:
    replica, _ = await whole(pool)
    with pytest.raises(InterpError) as refused:
        await replica.open("a", config, None)
    assert type(refused.value) is error


async def test_an_idle_tick_answers_for_every_open_session(pool: RayPool) -> None:
    replica, _ = await whole(pool)
    await replica.open("a", CONFIG_FR, None)
    assert await replica.tick({"a": [], "never-opened": []}) == [Outbound("a", (), 0)]
    await replica.close("a")


async def assert_lost_and_replaced(
    pool: RayPool, replica: RayReplica, found_by: Callable[[], Coroutine[Any, Any, object]]
) -> float:
    """Seconds until the call said so."""
    started_s = time.monotonic()
    with pytest.raises(Unavailable) as lost:
        await answer_of(found_by(), pool.call_timeout_s)
    noticed_s = time.monotonic() - started_s
    await pool.report_lost(replica)
    assert lost.value.reason is Reason.REPLICA_LOST
    assert lost.value.retry_after_ms is not None
    assert replica not in pool.replicas()
    (new,) = [each for each in await whole(pool) if each.name == replica.name]
    await new.open("again", CONFIG_FR, None)
    await new.tick({"again": talk(1000)})
    assert await heard_out(new, "again")
    await new.close("again")
    return noticed_s


async def test_a_killed_replica_is_lost_at_once_and_replaced(pool: RayPool) -> None:
    replica, other = await whole(pool)
    await replica.open("a", CONFIG_FR, None)
    os.kill((await replica.ping()).pid, signal.SIGKILL)

    async def tick_until_lost() -> None:
        while True:
            await replica.tick({"a": []})

    noticed_s = await assert_lost_and_replaced(pool, replica, tick_until_lost)
    assert noticed_s < CONFIG.call_timeout_s
    assert other in pool.replicas()


async def test_a_frozen_replica_is_lost_within_the_deadline_and_replaced(pool: RayPool) -> None:
    _, replica = await whole(pool)
    pid = (await replica.ping()).pid
    os.kill(pid, signal.SIGSTOP)
    noticed_s = await assert_lost_and_replaced(pool, replica, lambda: replica.tick({"a": []}))
    assert noticed_s < CONFIG.call_timeout_s + 0.5
    await until(lambda: not is_running(pid))


async def test_an_idle_replica_that_dies_is_found_by_the_probe(pool: RayPool) -> None:
    replica, _ = await whole(pool)
    os.kill((await replica.ping()).pid, signal.SIGKILL)
    await until(lambda: replica not in pool.replicas())
    await until(lambda: len(pool.replicas()) == CONFIG.replicas)


async def test_replicas_lost_all_at_once_are_made_again_from_what_was_loaded(
    pool: RayPool,
) -> None:
    before = await whole(pool)
    pids = [(await each.ping()).pid for each in before]
    (mould,) = {parent_of(pid) for pid in pids}
    for pid in [*carriers_of(os.getpid()), *pids]:
        os.kill(pid, signal.SIGKILL)
    await until(lambda: not any(each in pool.replicas() for each in before))
    for each in await whole(pool):
        assert parent_of((await each.ping()).pid) == mould


async def test_replicas_outlive_the_mould_and_the_next_comes_from_a_new_one(pool: RayPool) -> None:
    replica, other = await whole(pool)
    pid = (await replica.ping()).pid
    mould = parent_of(pid)
    os.kill(mould, signal.SIGKILL)
    await until(lambda: not is_running(mould))
    assert (await replica.ping()).pid == pid
    os.kill(pid, signal.SIGKILL)
    await until(lambda: replica not in pool.replicas())
    assert other in await whole(pool)
    (new,) = [each for each in await whole(pool) if each.name == replica.name]
    assert parent_of((await new.ping()).pid) != mould


async def test_a_mould_that_is_gone_for_good_is_made_anew(pool: RayPool) -> None:
    await whole(pool)
    carrier = await carried(load_s=30.0)
    ray.kill(mould_here(FACTORY), no_restart=True)
    assert (await RayReplica("r", carrier).ping()).pid
    ray.kill(carrier)


async def test_a_frozen_mould_is_replaced(pool: RayPool) -> None:
    first, _ = await whole(pool)
    before = await carried(load_s=30.0)
    mould = parent_of((await RayReplica("r", before).ping()).pid)
    os.kill(mould, signal.SIGSTOP)
    carrier = await carried(load_s=4.0)
    assert await pulse_of(carrier) is None
    pulse = await pulse_of(carrier) or await pulse_of(carrier)
    assert pulse
    assert parent_of(pulse.pid) != mould
    assert await first.ping()
    for each in (before, carrier):
        ray.kill(each)


async def carried(load_s: float) -> Any:
    """A carrier that has asked for no replica yet."""
    actor = RayReplicaActor.options(num_cpus=0).remote(FACTORY, load_s)
    await asyncio.wrap_future(actor.__ray_ready__.remote().future())
    return actor


async def pulse_of(carrier: Any) -> Pulse | None:
    """None where its replica could not be had."""
    try:
        return await RayReplica("r", carrier).ping()
    except (RayError, TimeoutError):
        return None


async def test_a_reported_replica_is_fenced_and_replaced(pool: RayPool) -> None:
    replica, _ = await whole(pool)
    pid = (await replica.ping()).pid
    await pool.report_lost(replica)
    assert replica not in pool.replicas()
    with pytest.raises(Unavailable):
        await replica.tick({})
    await until(lambda: len(pool.replicas()) == CONFIG.replicas)
    await until(lambda: not is_running(pid))


async def test_a_shared_replica_outlives_a_gateway_and_the_next_one_finds_it(pool: RayPool) -> None:
    await whole(pool)
    address = ray.get_runtime_context().gcs_address
    first_pid = await pid_seen_by_a_gateway(address)
    assert is_running(first_pid)
    assert await pid_seen_by_a_gateway(address) == first_pid


async def pid_seen_by_a_gateway(address: str) -> int:
    gateway = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.cluster.gateway", address), stdout=asyncio.subprocess.PIPE
    )
    output, _ = await gateway.communicate()
    assert gateway.returncode == 0
    return int(output)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_what_a_mould_logs_while_it_loads_is_told_once(pool: RayPool) -> None:
    assert pool.replicas()
    factory = ray.cloudpickle.dumps(talkative_host)  # type: ignore[no-untyped-call]
    mould = RayMould.options(num_cpus=0).remote(factory)
    address = await mould.address.remote()
    told = []
    for _ in range(2):
        line = await Line.open(address, CAST_S)
        pulse: Pulse = answer_in(await line.ask(asked("ping", ())))
        told.append([json.loads(each)["message"] for each in pulse.logs])
        line.close()
    ray.kill(mould)
    assert told == [["loading"], []]
