"""What one message of a client costs everybody else: the event loop's longest halt, and memory."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace

from interp.core.errors import InterpError, Reason
from interp.core.events import TargetText
from interp.intake.format import AudioFormat, Encoding
from interp.intake.nursery import NURSERY
from interp.wire.messages import AudioMessage
from tests.attack.containers import Bomb, bombs
from tests.attack.halts import BEAT_S, LONGEST_S, Halts, watched
from tests.attack.processes import own_family_mb
from tests.attack.table import Row
from tests.fakes.replica import FakeReplica
from tests.serve.gateway import CONFIG, audio, serving, text_of

MOST_MB = 64


@dataclass(frozen=True, slots=True)
class Cost:
    """reason: how the attacker's session ended, None for well. exact: a neighbour heard it all."""

    halts: Halts
    memory_mb: float
    reason: Reason | None
    exact: bool


async def cost_of(bomb: Bomb) -> Cost:
    """Of one container, sent to a gateway beside a healthy session."""
    over = asyncio.Event()
    async with serving(FakeReplica()) as gateway:
        neighbour = await gateway.call(timeout_s=60).say(CONFIG, audio(1))
        await neighbour.until(TargetText)
        NURSERY.fork(Encoding.FLAC).close()  # it is there before the first attack
        await asyncio.sleep(0.5)
        before_mb = own_family_mb()
        memory = asyncio.create_task(_most_memory(over))
        config = replace(CONFIG, audio=AudioFormat(bomb.encoding))
        ending: InterpError | None = None
        async with watched() as halts:
            attack = await gateway.call(timeout_s=60).say(config, AudioMessage(1, None, bomb.data))
            await attack.half_close()
            with suppress(AssertionError):  # it ended well
                ending = await attack.error()
        over.set()
        await neighbour.say(audio(2))
        await neighbour.half_close()
        exact = text_of(await neighbour.rest()) == " w1"
        grown_mb = await memory - before_mb
    return Cost(halts, grown_mb, ending.reason if ending else None, exact)


async def costs() -> list[Row]:
    """Of all bombs."""
    rows = []
    for bomb in bombs():
        cost = await cost_of(bomb)
        holds = cost.exact and cost.halts.holds and cost.memory_mb <= MOST_MB
        target = f"halt <= {LONGEST_S} s, <= {MOST_MB} MB"
        measured = f"{cost.halts}, {cost.memory_mb:.0f} MB"
        rows.append(Row(bomb.name, target, measured, holds))
    return rows


async def _most_memory(over: asyncio.Event) -> float:
    most = 0.0
    while not over.is_set():
        most = max(most, own_family_mb())
        await asyncio.sleep(BEAT_S)
    return most
