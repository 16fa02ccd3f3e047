"""A node of a shared Ray dies, with the replica at work, a copy of the vault and the gateway."""

import asyncio
import itertools
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from interp.client.client import connect, paced
from interp.core.events import SessionEnded, TargetText
from interp.wire.messages import Body
from tests.attack.processes import busiest, family, replicas_of
from tests.cluster.test_vault import CHUNKS, KILL_AFTER
from tests.serve.front import Front
from tests.serve.gateway import RESUMABLE, text_of

pytestmark = [pytest.mark.ray, pytest.mark.slow]

CHUNK_MS = 200
AGAIN_S = 5.0


@contextmanager
def told(module: str, *arguments: str, token: str) -> Iterator[list[str]]:
    """The words that a process of ours says when it is ready; ended at last, however it is then."""
    command = [sys.executable, "-m", module, *arguments]
    env = {**os.environ, "RAY_AUTH_TOKEN": token}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, env=env, text=True, **pipes) as process:  # type: ignore[call-overload]
        try:
            yield [str(process.pid), *process.stdout.readline().split()]
        finally:
            if module == NODES:
                process.stdin.close()  # it takes its nodes with it
                process.wait(30)
            process.kill()


NODES, GATEWAY = "tests.cluster.nodes", "tests.cluster.scripted_gateway"


async def test_a_node_that_dies_with_all_on_it_costs_no_word() -> None:
    token = secrets.token_hex(32)
    with ExitStack() as running:
        _, address, *raylets = running.enter_context(told(NODES, token=token))
        gateways = [
            running.enter_context(told(GATEWAY, address, "0", "1", "1", token=token))
            for _ in range(2)
        ]
        ports = [int(port) for _, port in gateways]
        expected = text_of(await heard(ports[1]))
        await until_loaded([int(pid) for pid in raylets])
        async with Front(ports) as front:
            bodies, gap_s = await struck(front, int(gateways[0][0]), [int(p) for p in raylets])
    assert text_of(bodies) == expected != ""
    assert isinstance(bodies[-1], SessionEnded)
    assert gap_s <= AGAIN_S, f"{gap_s:.1f} s without a word"


async def struck(front: Front, gateway: int, raylets: list[int]) -> tuple[list[Body], float]:
    """What a client hears whose gateway and node die at one moment; its longest silence."""
    bodies: list[Body] = []
    texts_s: list[float] = []
    async with connect(f"127.0.0.1:{front.port}") as client:
        async for body in client.interpret(RESUMABLE, paced(CHUNKS, CHUNK_MS)):
            bodies.append(body)
            if not isinstance(body, TargetText):
                continue
            texts_s.append(time.monotonic())
            if len(texts_s) == KILL_AFTER:
                node = await asyncio.to_thread(node_at_work, raylets)
                strike([*family(node), gateway])
                front.turn()
    return bodies, max(b - a for a, b in itertools.pairwise(texts_s))


def strike(pids: list[int]) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


async def heard(port: int) -> list[Body]:
    async with connect(f"127.0.0.1:{port}") as client:
        return [body async for body in client.interpret(RESUMABLE, paced(CHUNKS, 10))]


def node_at_work(raylets: list[int]) -> int:
    """Whose replica has the session."""
    replicas = {pid: raylet for raylet in raylets for pid in replicas_of(raylet)}
    return replicas[busiest(list(replicas), over_s=0.5)]


async def until_loaded(raylets: list[int]) -> None:
    """Until each node has its replica."""
    async with asyncio.timeout(60):
        while not all(map(replicas_of, raylets)):  # noqa: ASYNC110
            await asyncio.sleep(0.2)
    await asyncio.sleep(3)
