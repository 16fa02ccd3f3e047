"""Hours of sessions in minutes: cut lines, lost replicas, and thousands of short ones.

Scripted replicas, so that the machine is busy with what is attacked and not with models.
"""

import asyncio
import gc
import os
import random
from pathlib import Path

from interp.client.client import connect
from interp.core.events import TargetText
from interp.engine.replica import Replica
from interp.intake.format import IntakeLimits
from interp.wire.messages import Body
from tests.attack.processes import memory_mb
from tests.attack.table import Row
from tests.fakes.replica import FakeReplica
from tests.serve.front import Front
from tests.serve.gateway import (
    CALL_TIMEOUT_S,
    CHUNK,
    CONFIG,
    RESUMABLE,
    audio,
    serving,
    settings,
    text_of,
    words,
)

FAST = IntakeLimits(max_ahead_ms=10**9)
MOST_MB = 24
MOST_FILES = 8


class Endless:
    """A pool that puts a fresh replica in the place of a lost one."""

    call_timeout_s = CALL_TIMEOUT_S

    def __init__(self) -> None:
        self.live = [FakeReplica("a"), FakeReplica("b")]

    def replicas(self) -> list[FakeReplica]:
        """Two, always."""
        return list(self.live)

    async def report_lost(self, replica: Replica) -> None:
        """Replace it."""
        self.live = [FakeReplica(each.name) if each is replica else each for each in self.live]


async def cut_and_killed(hours: float, cuts: int, kills: int, seed: int = 1) -> Row:
    """One session of so many hours, ten minutes of it a second."""
    draw, pool = random.Random(seed), Endless()
    chunks = round(hours * 36_000)
    strikes = sorted(draw.sample(range(chunks // 20, chunks - chunks // 20), cuts + kills))
    bodies: list[Body] = []
    async with (
        serving(pool=pool, config=settings(intake=FAST)) as gateway,
        Front([gateway.server.port]) as front,
        connect(f"127.0.0.1:{front.port}") as client,
    ):
        async for body in client.interpret(RESUMABLE, _fed(chunks)):
            bodies.append(body)
            if strikes and len(bodies) >= strikes[0]:
                strikes.pop(0)
                if len(strikes) % 2 and kills:
                    draw.choice(pool.live).dead = True
                else:
                    front.cut()
    told = text_of(bodies)
    texts = sum(isinstance(body, TargetText) and bool(body.words) for body in bodies)
    same = told == words(chunks)
    measured = f"{texts} of {chunks} words{'' if same else ', DIFFERENT'}"
    name = f"{hours:g} h session, {cuts} cuts, {kills} lost replicas"
    return Row(name, "every word once", measured, same)


async def short_sessions(count: int) -> Row:
    """Many sessions one after the other: memory and files stay."""
    async with serving(FakeReplica()) as gateway:

        async def one() -> None:
            talk = await gateway.call().say(CONFIG, audio(1))
            await talk.half_close()
            await talk.rest()

        for _ in range(100):
            await one()
        before_mb, before = _memory(), _files()
        for _ in range(count):
            await one()
        await asyncio.sleep(0.5)
        grown_mb, files = _memory() - before_mb, _files() - before
    holds = grown_mb <= MOST_MB and files <= MOST_FILES
    target = f"<= {MOST_MB} MB, <= {MOST_FILES} files more"
    return Row(f"{count} short sessions", target, f"{grown_mb:.0f} MB, {files} files more", holds)


async def _fed(chunks: int):  # type: ignore[no-untyped-def]
    for number in range(chunks):
        if number % 20 == 0:
            await asyncio.sleep(0.01)
        yield CHUNK


def _memory() -> float:
    gc.collect()
    return memory_mb(os.getpid())


def _files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))
