"""Two gateways on one Ray, seen as one; the one with the sessions is killed."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
import ray

from interp.client.client import connect, paced
from interp.cluster.pool import RayPool
from interp.core.errors import InterpError
from interp.core.events import TargetText
from interp.monitor.there import GONE_S
from interp.wire.messages import Body, StreamConfig
from tests.cluster.test_vault import CHUNKS, port_of
from tests.monitor.web import Page, changes, written
from tests.serve.front import Front
from tests.serve.gateway import CONFIG, RESUMABLE, eventually, text_of

pytestmark = [pytest.mark.ray, pytest.mark.asyncio(loop_scope="session")]

KILL_AFTER = 6
"""Texts of the session that will go on."""


def gateway(address: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.cluster.paged_gateway", address]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@asynccontextmanager
async def two(address: str) -> AsyncIterator[tuple[list[int], list[Page], int]]:
    """Ports and pages of two gateways, and the pid of the first."""
    processes = [gateway(address) for _ in range(2)]
    try:
        ports = [await asyncio.to_thread(port_of, each) for each in processes]
        pages = [Page(await asyncio.to_thread(port_of, each)) for each in processes]
        yield ports, pages, processes[0].pid
    finally:
        for process in processes:
            process.kill()
            process.wait()
            if process.stdout:
                process.stdout.close()


async def test_a_killed_gateways_sessions_reconnect_or_go(pool: RayPool) -> None:
    assert pool.replicas()
    address = ray.get_runtime_context().gcs_address
    async with two(address) as (ports, (_, page), pid), Front(ports) as front:
        bodies: list[Body] = []
        going_on = asyncio.create_task(speak(front.port, RESUMABLE, bodies, CHUNKS))
        left = asyncio.create_task(speak(ports[0], CONFIG, [], CHUNKS * 9))
        rows = await page.sessions(2, timeout_s=30)
        assert {row["gateway"] for row in rows} == {rows[0]["gateway"]}, "both are the other's"
        await eventually(
            lambda: sum(isinstance(body, TargetText) for body in bodies) >= KILL_AFTER, 40
        )
        os.kill(pid, signal.SIGKILL)
        front.turn()
        with pytest.raises(InterpError):
            await left
        states = await states_until_one_is_here(page)
        assert "SESSION_STATE_RECONNECTING" in states
        (here,) = [row for row in await page.sessions() if not row.get("gateway")]
        shown = asyncio.create_task(read(page, here["id"]))
        await going_on
        assert await shown == text_of(bodies) != ""
        await asyncio.sleep(GONE_S)
        (row,) = await page.sessions()
        assert row["id"] == here["id"], "the session that nobody has is gone"


async def speak(port: int, config: StreamConfig, bodies: list[Body], chunks: list[bytes]) -> None:
    async with connect(f"127.0.0.1:{port}") as client:
        async for body in client.interpret(replace(config), paced(chunks, 100)):
            bodies.append(body)


async def states_until_one_is_here(page: Page) -> set[str]:
    """All states that were shown until a session went on at this gateway."""
    states: set[str] = set()
    async with page.stream("/v1/sessions:watch") as pieces, asyncio.timeout(10):
        async for _, change in changes(pieces):
            rows: list[dict[str, Any]] = change.get("sessions", [])
            states |= {row["state"] for row in rows}
            if any(not row.get("gateway") for row in rows):
                return states
    raise AssertionError("the list ended")


async def read(page: Page, session_id: str) -> str:
    """All text to the session's end."""
    text: list[str] = []
    async with page.stream(f"/v1/sessions/{session_id}:watch") as pieces:
        async for _, change in changes(pieces):
            text += written(change)
    return "".join(text)
