"""A message may cost a neighbour 0.2 s and 64 MB; here with room for a crowded machine."""

import asyncio
import os
import time
from contextlib import suppress
from dataclasses import replace

import pytest

from interp.core.errors import InterpError, Reason
from interp.core.events import TargetText
from interp.intake.format import AudioFormat, Encoding
from interp.intake.nursery import NURSERY
from interp.wire.messages import AudioMessage
from tests.attack.containers import Bomb, bombs
from tests.attack.processes import family, memory_mb
from tests.fakes.replica import FakeReplica
from tests.serve.gateway import CONFIG, audio, serving

BOMBS = list(bombs())
MOST_MB = 64
LONGEST_STALL_S = 0.5
BEAT_S = 0.02


async def longest_stall(watching: asyncio.Event) -> float:
    """The longest time for which the event loop ran nothing."""
    longest = 0.0
    while not watching.is_set():
        began_s = time.monotonic()
        await asyncio.sleep(BEAT_S)
        longest = max(longest, time.monotonic() - began_s - BEAT_S)
    return longest


async def most_memory(watching: asyncio.Event) -> float:
    """The most memory of this process and its children, MB."""
    most = 0.0
    while not watching.is_set():
        most = max(most, sum(memory_mb(pid) for pid in family(os.getpid())))
        await asyncio.sleep(BEAT_S)
    return most


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: bomb.name)
async def test_a_container_hurts_nobody_but_its_session(bomb: Bomb) -> None:
    over = asyncio.Event()
    async with serving(FakeReplica()) as gateway:
        neighbour = await gateway.call().say(CONFIG, audio(1))
        await neighbour.until(TargetText)
        NURSERY.fork(Encoding.FLAC).close()  # it is there before the first attack
        await asyncio.sleep(0.5)
        before_mb = sum(memory_mb(pid) for pid in family(os.getpid()))
        stall = asyncio.create_task(longest_stall(over))
        memory = asyncio.create_task(most_memory(over))
        config = replace(CONFIG, audio=AudioFormat(bomb.encoding))
        attack = await gateway.call(timeout_s=60).say(config, AudioMessage(1, None, bomb.data))
        await attack.half_close()
        ending = None
        with suppress(InterpError):
            ending = await attack.error()
        over.set()
        assert await stall < LONGEST_STALL_S
        assert await memory - before_mb < MOST_MB
        await neighbour.say(audio(2))
        await neighbour.half_close()
        assert await neighbour.rest()
    assert ending is None or ending.reason in (Reason.BAD_ENCODING, Reason.TOO_FAR_AHEAD)
