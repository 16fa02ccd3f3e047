"""Clients that send as fast as they can, each in a process of its own, beside a healthy session.

python -m tests.attack.floods SECONDS                   all kinds, so long each
python -m tests.attack.floods ADDRESS KIND SECONDS      the attacker's side of one
"""

import asyncio
import itertools
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

import grpc

from interp.core.events import (
    Interrupt,
    Marker,
    MuteSpeech,
    SetOutputs,
    SetPolicy,
    SkipBacklog,
)
from interp.engine.host import HostSettings
from interp.v1 import interpretation_service_pb2_grpc as stubs
from interp.wire.messages import AudioMessage, Request, SilenceMessage
from tests.attack import http2
from tests.attack.halts import LONGEST_S, Halts, watched
from tests.attack.processes import own_mb
from tests.attack.table import Row, printed
from tests.fakes.host_replica import HostReplica
from tests.serve.gateway import CONFIG, Talk, audio, send, serving, text_of

MOST_MB = 64
LEAST_WORDS = 3
LOUD = b"\x00\x70"


def _audio(chunk: bytes) -> Iterator[Request]:
    return (AudioMessage(number, None, chunk) for number in itertools.count(1))


def _gaps() -> Iterator[Request]:
    return (AudioMessage(number, 10_000 * number, LOUD) for number in itertools.count(1))


def _after(first: Iterator[Request], count: int, then: Request) -> Iterator[Request]:
    return itertools.chain(itertools.islice(first, count), itertools.repeat(then))


KINDS: dict[str, Callable[[], Iterator[Request]]] = {
    "one sample a message": lambda: _audio(LOUD),
    "no sample a message": lambda: itertools.repeat(AudioMessage(0, None, b"")),
    "markers": lambda: itertools.repeat(Marker("m" * 128)),
    "skips of 28 s": lambda: _after(_audio(LOUD * 1600), 280, SkipBacklog()),
    "skips of 6000 messages": lambda: _after(_audio(LOUD), 6000, SkipBacklog()),
    "policies": lambda: itertools.repeat(SetPolicy("waitk:k=3")),
    "outputs": lambda: itertools.repeat(SetOutputs(CONFIG.session.outputs)),
    "interrupts": lambda: itertools.cycle([Interrupt(), MuteSpeech(True), MuteSpeech(False)]),
    "gaps": _gaps,
    "silences": lambda: itertools.repeat(SilenceMessage(0, 1)),
}


@dataclass(frozen=True, slots=True)
class Flood:
    """What a flood did. heard: a healthy session wrote on. left: the attacker's is gone."""

    halts: Halts
    memory_mb: float
    heard: bool
    left: bool


async def flooded(kind: str, seconds: float) -> Flood:
    """A gateway and a real host under one attacker."""
    replica = HostReplica(settings=HostSettings(lanes=4))
    try:
        async with serving(replica) as gateway:
            healthy = await gateway.call(timeout_s=seconds + 60).say(CONFIG, audio(1))
            before_mb = own_mb(os.getpid())
            async with watched() as halts:
                attacker = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-m", "tests.attack.floods"),
                    *(gateway.address, kind, str(seconds)),
                )
                spoken = await _speak_on(healthy, attacker)
            grown_mb = own_mb(os.getpid()) - before_mb
            await healthy.half_close()
            rest = await healthy.rest()
            await asyncio.sleep(0.2)
            left = not gateway.server.sessions.running()
        heard = len(text_of(rest).split()) >= min(LEAST_WORDS, spoken // 10)
        return Flood(halts, grown_mb, heard, left)
    finally:
        replica.host.stop()


async def _speak_on(healthy: Talk, attacker: asyncio.subprocess.Process) -> int:
    """Talk at the speed of speech until the attacker is done; how many chunks that were."""
    ending = asyncio.create_task(attacker.wait())
    for number in itertools.count(2):
        await healthy.say(audio(number, LOUD * 1600))
        await asyncio.wait({ending}, timeout=0.1)
        if ending.done():
            return number
    raise AssertionError("it counts for ever")


async def attack(address: str, kind: str, seconds: float) -> None:
    """The attacker's side: as much as the server takes, until it ends the session or time is up."""
    if kind in http2.KINDS:
        await asyncio.to_thread(http2.attack, address, kind, seconds)
        return
    async with grpc.aio.insecure_channel(address) as channel:
        stub = stubs.InterpretationServiceStub(channel)  # type: ignore[no-untyped-call]
        talk = Talk(stub.Interpret(timeout=seconds + 30))
        await talk.say(CONFIG)
        with suppress(TimeoutError, grpc.aio.AioRpcError, asyncio.InvalidStateError):
            async with asyncio.timeout(seconds):
                for request in KINDS[kind]():
                    await send(talk.call, request)
        talk.cancel()


async def floods(seconds: float) -> list[Row]:
    """Of all kinds."""
    rows = []
    for kind in (*KINDS, *http2.KINDS):
        flood = await flooded(kind, seconds)
        holds = flood.halts.holds and flood.memory_mb <= MOST_MB and flood.heard and flood.left
        measured = f"{flood.halts}, {flood.memory_mb:.0f} MB"
        measured += "" if flood.heard else ", UNHEARD"
        measured += "" if flood.left else ", STILL THERE"
        rows.append(
            Row(f"flood of {kind}", f"halt <= {LONGEST_S} s, <= {MOST_MB} MB", measured, holds)
        )
    return rows


async def main(*arguments: str) -> None:
    """As the module says."""
    if len(arguments) == 1:
        rows = await floods(float(arguments[0]))
        sys.stdout.write(printed(rows) + "\n")
        sys.exit(not all(row.holds for row in rows))
    address, kind, seconds = arguments
    await attack(address, kind, float(seconds))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
