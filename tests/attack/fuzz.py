"""Requests and containers that were damaged at random, beside a healthy session.

python -m tests.attack.fuzz [messages] [containers] [seed]
"""

import asyncio
import random
import sys
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import grpc
import numpy as np

from interp.intake.format import AudioFormat, Encoding
from interp.serve.config import ServerSettings
from interp.v1 import interpretation_service_pb2 as pb
from interp.wire.messages import AudioMessage, Request
from interp.wire.requests import request_to_proto
from tests.attack.processes import own_family_mb
from tests.attack.table import Row, printed
from tests.fakes.containers import encoded
from tests.fakes.replica import FakeReplica
from tests.serve.gateway import (
    CONFIG,
    RESUMABLE,
    Gateway,
    audio,
    eventually,
    serving,
    settings,
    text_of,
    words,
)

METHOD = "/interp.v1.InterpretationService/Interpret"
CONTAINERS = (Encoding.FLAC, Encoding.OGG_OPUS, Encoding.WEBM_OPUS)
MOST_MB = 64
CALL_S = 20.0
FAULTS = ("INTERNAL", "UNKNOWN")


@dataclass
class Tally:
    """calls: by status, those that are faults of ours with what they say."""

    messages: int = 0
    containers: int = 0
    calls: dict[str, int] = field(default_factory=dict)

    @property
    def faults(self) -> int:
        return sum(count for name, count in self.calls.items() if name.startswith(FAULTS))

    def note(self, status: str) -> None:
        self.calls[status] = self.calls.get(status, 0) + 1


async def fuzz(messages: int, containers: int, seed: int) -> list[Row]:
    """Attack, and what the healthy session and the machine noticed."""
    draw = random.Random(seed)
    sounds = {each: encoded(_noise(), 48_000, each) for each in CONTAINERS}
    tally = Tally()
    config = settings(
        server=ServerSettings(address="127.0.0.1:0", drain_s=0.3),
        idle_s=86_400.0,  # the healthy session is silent meanwhile
        resume_s=1.0,
    )
    async with serving(FakeReplica(lanes=64), config=config) as gateway:
        healthy = await gateway.call(timeout_s=86_400).say(CONFIG, audio(1))
        await attack_with_messages(gateway, draw, min(messages, 200), tally)  # everything is loaded
        await attack_with_container(gateway, draw, sounds, tally)  # and the decoders' parent
        before_mb = own_family_mb()
        await attack_with_messages(gateway, draw, messages, tally)
        for _ in range(containers):
            await attack_with_container(gateway, draw, sounds, tally)
        await eventually(lambda: len(gateway.server.sessions) == 1, timeout_s=30)
        grown_mb = own_family_mb() - before_mb
        await healthy.say(audio(2))
        await healthy.half_close()
        exact = text_of(await healthy.rest()) == words(2)
    what = f"{tally.messages} messages, {tally.containers} containers"
    statuses = ", ".join(f"{name} {count}" for name, count in sorted(tally.calls.items()))
    return [
        Row(what, "0 faults of ours", f"{tally.faults}: {statuses}", tally.faults == 0),
        Row("a healthy session beside", "every word once", "exact" if exact else "BROKEN", exact),
        Row("memory", f"<= {MOST_MB} MB more", f"{grown_mb:.0f} MB more", grown_mb <= MOST_MB),
    ]


async def attack_with_messages(
    gateway: Gateway, draw: random.Random, messages: int, tally: Tally
) -> None:
    """Calls of a few requests each, some of them damaged."""
    goal = tally.messages + messages
    while tally.messages < goal:
        requests = [_damaged(request, draw) for request in _talk(draw)]
        tally.messages += len(requests)
        tally.note(await _call(gateway, requests))


async def attack_with_container(
    gateway: Gateway, draw: random.Random, sounds: dict[Encoding, bytes], tally: Tally
) -> None:
    """One container, damaged."""
    encoding = draw.choice(CONTAINERS)
    data = bytearray(sounds[encoding])
    for _ in range(draw.randint(1, 30)):
        data[draw.randrange(len(data))] = draw.randrange(256)
    if draw.random() < 0.3:
        del data[draw.randrange(len(data)) :]
    config = replace(CONFIG, audio=AudioFormat(encoding))
    requests = [request_to_proto(config), request_to_proto(AudioMessage(1, None, bytes(data)))]
    tally.containers += 1
    tally.note(await _call(gateway, [each.SerializeToString() for each in requests]))


def _talk(draw: random.Random) -> list[Request]:
    config = draw.choice([CONFIG, RESUMABLE])
    return [config, *(audio(i) for i in range(1, draw.randint(2, 8)))]


def _damaged(request: Request, draw: random.Random) -> bytes:
    data = bytearray(request_to_proto(request).SerializeToString())
    match draw.choice(["whole", "whole", "bits", "cut", "grown", "random"]):
        case "bits":
            for _ in range(draw.randint(1, 8)):
                data[draw.randrange(min(len(data), 60))] = draw.randrange(256)
        case "cut":
            del data[draw.randrange(len(data)) :]
        case "grown":
            data += draw.randbytes(draw.randint(1, 200))
        case "random":
            data = bytearray(draw.randbytes(draw.randint(0, 300)))
    return bytes(data)


async def _call(gateway: Gateway, requests: list[bytes]) -> str:
    method: Any = gateway.channel.stream_stream(
        METHOD, response_deserializer=pb.InterpretResponse.FromString
    )
    call = method(timeout=CALL_S)
    with suppress(grpc.aio.AioRpcError, asyncio.InvalidStateError):
        for request in requests:
            await call.write(request)
        await call.done_writing()
    with suppress(grpc.aio.AioRpcError):
        async for _ in call:
            pass
    code = await call.code()
    # a write that fails overwrites the server's status with this, see interp.client.ending
    details = await call.details() or ""
    if details.startswith("Internal error from Core"):
        return "ENDED WHILE WRITING"
    return f"{code.name} ({details})" if code.name in FAULTS else str(code.name)


def _noise() -> Any:
    return np.float32(0.1) * np.random.default_rng(1).standard_normal(24_000).astype(np.float32)


def main() -> None:
    """Print the table."""
    given = [int(word) for word in sys.argv[1:]]
    messages, containers, seed = (*given, *(10_000, 1_000, 1)[len(given) :])
    rows = asyncio.run(fuzz(messages, containers, seed))
    sys.stdout.write(printed(rows) + "\n")
    sys.exit(not all(row.holds for row in rows))


if __name__ == "__main__":
    main()
