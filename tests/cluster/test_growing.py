"""Replicas on a real Ray come when the lanes run out, and go when they are unused."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
import ray

from interp.client.client import connect, paced
from interp.cluster.pool import RayPool
from interp.cluster.scaling import NAME as SCALE
from interp.core.errors import AtCapacity
from interp.core.events import TargetText
from interp.wire.messages import Body
from tests.cluster.test_vault import CHUNK_MS, CHUNKS, port_of
from tests.serve.gateway import CONFIG, text_of

pytestmark = [pytest.mark.ray, pytest.mark.asyncio(loop_scope="session")]

FIRST, SECOND = "interp-replica-0", "interp-replica-1"
WITHIN_S = 30.0


@dataclass
class Gateway:
    process: "subprocess.Popen[str]"
    port: int = 0
    metrics_port: int = 0

    def metric(self, name: str) -> float | None:
        url = f"http://127.0.0.1:{self.metrics_port}/metrics"
        with urllib.request.urlopen(url, timeout=5) as answer:
            found = re.search(rf"^{re.escape(name)} (\S+)$", answer.read().decode(), re.MULTILINE)
        return float(found[1]) if found else None

    def free(self, replica: str) -> float | None:
        """Lanes of a replica that it may use; None where it has no such replica."""
        return self.metric(f'interp_replica_lanes_free{{replica="{replica}"}}')


@dataclass
class Speaker:
    """A session that goes on until told to end."""

    port: int
    end: asyncio.Event = field(default_factory=asyncio.Event)
    bodies: list[Body] = field(default_factory=list)

    async def speak(self) -> None:
        async with connect(f"127.0.0.1:{self.port}") as client:
            async for body in client.interpret(CONFIG, self._audio()):
                self.bodies.append(body)

    async def _audio(self) -> AsyncIterator[bytes]:
        while not self.end.is_set():
            for chunk in CHUNKS:
                yield chunk
                await asyncio.sleep(CHUNK_MS / 1000)
                if self.end.is_set():
                    return

    def has_text(self) -> bool:
        return any(isinstance(body, TargetText) for body in self.bodies)


@asynccontextmanager
async def gateways(namespace: str, count: int, cores: int = 0) -> AsyncIterator[list[Gateway]]:
    command = [sys.executable, "-m", "tests.cluster.growing_gateway"]
    command += [ray.get_runtime_context().gcs_address, namespace, str(cores)]
    found = [Gateway(started(command)) for _ in range(count)]
    try:
        for each in found:
            each.port = await asyncio.to_thread(port_of, each.process)
            each.metrics_port = await asyncio.to_thread(port_of, each.process)
        yield found
    finally:
        for each in found:
            each.process.kill()
            each.process.wait()
            if each.process.stdout:
                each.process.stdout.close()
        for name in await asyncio.to_thread(names, namespace):
            ray.kill(ray.get_actor(name, namespace=namespace))


def started(command: list[str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def names(namespace: str) -> set[str]:
    """Of the actors that live there, or are to."""
    actors = ray.util.list_named_actors(all_namespaces=True)
    return {each["name"] for each in actors if each["namespace"] == namespace}


def replicas(namespace: str) -> set[str]:
    return {name for name in names(namespace) if name.startswith("interp-replica-")}


async def until(condition: Callable[[], bool], what: str) -> None:
    give_up_s = time.monotonic() + WITHIN_S
    while not await asyncio.to_thread(condition):
        assert time.monotonic() < give_up_s, what
        await asyncio.sleep(0.1)


async def test_one_more_comes_for_two_gateways_and_goes_with_its_last_session(
    pool: RayPool,
) -> None:
    assert pool.replicas()
    async with gateways("growing", 2) as (one, other), asyncio.TaskGroup() as tasks:
        speakers = [Speaker(one.port), Speaker(other.port)]  # all lanes that there are
        talking = [tasks.create_task(each.speak()) for each in speakers]
        await until(lambda: one.free(SECOND) == 2 and other.free(SECOND) == 2, "one more comes")
        bodies: list[Body] = []
        third = tasks.create_task(whole(other.port, CHUNK_MS, bodies))
        await until(lambda: other.free(SECOND) == 1, "a session is placed on it")
        assert await asyncio.to_thread(replicas, "growing") == {FIRST, SECOND}
        for each in speakers:
            each.end.set()
        await asyncio.gather(*talking)
        assert all(each.has_text() for each in speakers)
        await until(
            lambda: (
                one.metric("interp_replicas_wanted") == 1
                and other.metric("interp_replicas_wanted") == 1
            ),
            "it takes no new sessions",
        )
        assert not third.done(), "it retires under a session"
        await whole(other.port, 10, [])
        assert await asyncio.to_thread(replicas, "growing") == {FIRST, SECOND}
        await third
        await until(lambda: replicas("growing") == {FIRST}, "it goes")
        expected: list[Body] = []
        await whole(one.port, 10, expected)
        assert text_of(bodies) == text_of(expected) != ""
        assert one.metric("interp_replicas_lost_total") == 0
        assert other.metric("interp_sessions_moved_total") == 0


async def test_what_a_killed_gateway_began_another_ends(pool: RayPool) -> None:
    """And a lost `Scale` takes over what there is."""
    assert pool.replicas()
    async with gateways("killed", 2) as (one, other), asyncio.TaskGroup() as tasks:
        speakers = [Speaker(other.port), Speaker(other.port)]
        talking = [tasks.create_task(each.speak()) for each in speakers]
        await until(lambda: one.metric("interp_replicas_wanted") == 2, "one more is wanted")
        os.kill(one.process.pid, signal.SIGKILL)
        await until(lambda: other.free(SECOND) == 2, "it comes all the same")
        scale = ray.get_actor(SCALE, namespace="killed")
        ray.kill(scale, no_restart=False)
        for _ in range(30):
            assert await asyncio.to_thread(replicas, "killed") == {FIRST, SECOND}
            await asyncio.sleep(0.1)
        assert other.metric("interp_replicas_wanted") == 2
        for each in speakers:
            each.end.set()
        await asyncio.gather(*talking)
        await until(lambda: replicas("killed") == {FIRST}, "it goes when it is not used")


async def test_one_that_finds_no_room_is_withdrawn_and_holds_nobody_up(pool: RayPool) -> None:
    assert pool.replicas()
    cores = int(ray.available_resources()["CPU"])  # type: ignore[no-untyped-call]
    async with gateways("crowded", 1, cores) as (only,), asyncio.TaskGroup() as tasks:
        speakers = [Speaker(only.port), Speaker(only.port)]
        talking = [tasks.create_task(each.speak()) for each in speakers]
        await until(lambda: replicas("crowded") == {FIRST, SECOND}, "one more is asked for")
        began_s = time.monotonic()
        with pytest.raises(AtCapacity):
            await whole(only.port, 10, [])
        assert time.monotonic() - began_s < 2
        await until(lambda: only.metric("interp_replicas_unplaced_total") == 1, "it is given up")
        await until(lambda: replicas("crowded") == {FIRST}, "nothing waits for room any more")
        assert only.metric("interp_replicas_wanted") == 1
        for each in speakers:
            each.end.set()
        await asyncio.gather(*talking)
        assert all(each.has_text() for each in speakers)


async def whole(port: int, pace_ms: int, bodies: list[Body]) -> None:
    async with connect(f"127.0.0.1:{port}") as client:
        async for body in client.interpret(CONFIG, paced(CHUNKS, pace_ms)):
            bodies.append(body)
