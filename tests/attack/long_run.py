"""Hours of sessions in minutes: cut lines, lost replicas, and thousands of short ones.

Scripted replicas, so that the machine is busy with what is attacked and not with models.

    python -m tests.attack.long_run HOURS TIMES      the long session alone, each mishap so often
"""

import asyncio
import gc
import os
import random
import sys
from dataclasses import replace
from pathlib import Path

from interp.client.client import Patience, connect
from interp.core.clock import MonotonicClock
from interp.core.events import TargetText
from interp.engine.replica import Inbound, Outbound, PoolSize, Replica
from interp.intake.format import IntakeLimits
from interp.serve.server import Server
from interp.serve.vault_copies import VaultCopies
from tests.attack.processes import own_mb
from tests.attack.table import Row, printed
from tests.fakes.replica import FakeReplica
from tests.fakes.vault import LocalVault
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


class Forgetful(FakeReplica):
    """Keeps no list of what it heard, and never runs out of lanes: it knows no lease."""

    def __init__(self, name: str) -> None:
        super().__init__(name, lanes=1000)

    async def tick(self, inbound: Inbound) -> list[Outbound]:
        """As FakeReplica.tick."""
        said = await super().tick(inbound)
        for lane in self.lanes.values():
            lane.inputs.clear()
        return said


class Endless:
    """A pool that puts a fresh replica in the place of a lost one."""

    call_timeout_s = CALL_TIMEOUT_S
    size = PoolSize(2)

    def __init__(self) -> None:
        self.live = [Forgetful("a"), Forgetful("b")]

    def replicas(self) -> list[Forgetful]:
        """Two, always."""
        return list(self.live)

    async def report_lost(self, replica: Replica) -> None:
        """Replace it."""
        new = Forgetful(replica.name)
        self.live = [new if each is replica else each for each in self.live]


class Scene:
    """A session's surroundings, and what befalls them: gateways over one pool and two vaults."""

    def __init__(self, draw: random.Random) -> None:
        self._draw, self._pool = draw, Endless()
        self._vaults = [LocalVault(), LocalVault()]
        self._stop = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self.front = Front([])

    async def __aenter__(self) -> "Scene":
        await self.new_gateway()
        await self.front.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.front.__aexit__()
        self._stop.set()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def new_gateway(self) -> None:
        """The one that new lines go to, and that `_stop` is about."""
        server = Server(
            config=settings(intake=FAST),
            pool=self._pool,
            clock=MonotonicClock(),
            vault=VaultCopies(self._vaults, MonotonicClock()),
        )
        self._stop = asyncio.Event()
        self._gateway = asyncio.create_task(server.run(self._stop))
        self._running.add(self._gateway)
        self._gateway.add_done_callback(self._running.discard)
        await server.started.wait()
        self.front.lead_to(server.port)

    async def strike(self, how: str) -> None:
        """One thing of those that may happen."""
        stop, gateway = self._stop, self._gateway
        match how:
            case "cut":
                self.front.cut()
            case "replica":
                self._draw.choice(self._pool.live).dead = True
            case "vault":
                self._draw.choice(self._vaults).restart()
            case "gateway":
                await self.new_gateway()
                self.front.cut()  # all that a client sees of it
                gateway.cancel()
            case "upgrade":
                await self.new_gateway()
                stop.set()


CROWDED = Patience(answer_s=60.0)
PATIENT = replace(RESUMABLE, resume_window_s=60.0)
MISHAPS = ("cut", "replica", "vault", "gateway", "upgrade")


async def long_session(hours: float, each: int, seed: int = 1) -> list[Row]:
    """One session of so many hours, ten minutes of it a second; each mishap so many times."""
    draw = random.Random(seed)
    chunks = round(hours * 36_000)
    places = draw.sample(range(chunks // 20, chunks - chunks // 20), each * len(MISHAPS))
    hows = draw.sample(MISHAPS * each, each * len(MISHAPS))
    strikes = sorted(zip(places, hows, strict=True))
    texts = wrong = 0
    before: tuple[float, int] = (0.0, 0)
    async with (
        Scene(draw) as scene,
        connect(f"127.0.0.1:{scene.front.port}", patience=CROWDED) as client,
    ):
        async for body in client.interpret(PATIENT, _fed(chunks)):
            if not (isinstance(body, TargetText) and body.words):
                continue
            wrong += text_of([body]) != words(texts + 1, first=texts)
            texts += 1
            if texts == chunks // 20:
                before = _memory(), _files()
            if strikes and texts >= strikes[0][0]:
                await scene.strike(strikes.pop(0)[1])
        grown_mb, files = _memory() - before[0], _files() - before[1]
    same = texts == chunks and not wrong and not strikes
    name = f"{hours:g} h session, {each} of each: {', '.join(MISHAPS)}"
    measured = f"{texts} of {chunks} words{'' if same else ', DIFFERENT'}"
    flat = grown_mb <= MOST_MB and files <= MOST_FILES
    return [
        Row(name, "every word once", measured, same),
        Row(
            "memory, files, from its first twentieth on",
            f"<= {MOST_MB} MB, <= {MOST_FILES} files more",
            f"{grown_mb:.0f} MB, {files} files more",
            flat,
        ),
    ]


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
    return own_mb(os.getpid())


def _files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def main(hours: float, each: int) -> None:
    """The long session alone."""
    rows = await long_session(hours, each)
    sys.stdout.write(printed(rows) + "\n")
    sys.exit(not all(row.holds for row in rows))


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]), int(sys.argv[2])))
