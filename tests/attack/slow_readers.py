"""Clients with three targets, all with speech, that read slowly or never, beside a healthy session.

python -m tests.attack.slow_readers SECONDS                   all kinds, so long each
python -m tests.attack.slow_readers ADDRESS KIND SECONDS      one attacker's side
"""

import asyncio
import json
import os
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import grpc

from interp.client.ending import Ending
from interp.core.audio import target_samples_to_ms
from interp.core.config import Also
from interp.core.events import TargetSpeech, TargetText, Warned, WarningCode
from interp.core.synthesiser import Voice
from interp.core.translator import Pair
from interp.engine.replica import ReplicaInfo
from interp.v1 import interpretation_service_pb2_grpc as stubs
from interp.wire.messages import Body
from interp.wire.requests import request_to_proto
from interp.wire.responses import response_from_proto
from interp.wire.status import error_of
from tests.attack.halts import LONGEST_S, Halts, watched
from tests.attack.processes import own_mb
from tests.attack.table import Row, printed
from tests.fakes.replica import FakeReplica
from tests.serve.gateway import (
    CHUNK_MS,
    CONFIG,
    SPOKEN,
    RawCall,
    audio,
    serving,
    settings,
    text_of,
    words,
)

LANGUAGES = ("en", "pt", "it")
ATTACK = replace(SPOKEN, session=replace(SPOKEN.session, also=(Also("pt"), Also("it"))))
SPEECH_SAMPLES = 48_000
"""A word's, for each target: 300 kB a word for all three, more than any buffer on the way takes."""
ATTACKERS = 3
READ_S = 2.0
MOST_MB = 64
KINDS: Mapping[str, tuple[float, float, bool]] = {
    "never": (86_400.0, 0.0, False),
    "a response in 0.1 s": (0.0, 0.1, True),
    "all, after a time": (READ_S / 2, 0.0, True),
}
"""Seconds before the first response and between two, while the speaker speaks; whether all then
ends well."""


@dataclass
class Told:
    """What an attacker was told, by target. said: words of its audio. dropped_ms: of speech."""

    status: str = ""
    said: int = 0
    text: dict[int, str] = field(default_factory=lambda: defaultdict(str))
    speech_ms: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    dropped_ms: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def note(self, body: Body) -> None:
        """One response."""
        match body:
            case TargetText():
                self.text[body.target] += "".join(word.text for word in body.words)
            case TargetSpeech():
                self.speech_ms[body.target] += target_samples_to_ms(body.samples.size)
            case Warned(WarningCode.OUTPUT_DROPPED):
                self.dropped_ms[body.target] += body.amount_ms
            case _:
                pass

    @property
    def exact(self) -> bool:
        """Whether each target's text is whole, and its speech as well but for what it was told."""
        each_ms = target_samples_to_ms(SPEECH_SAMPLES)
        return all(
            self.text[target].split() == [f"{name}{n}" for n in range(self.said)]
            and self.speech_ms[target] + self.dropped_ms[target] == self.said * each_ms
            for target, name in enumerate(("w", *LANGUAGES[1:]))
        )


@dataclass(frozen=True, slots=True)
class Slow:
    """heard: a healthy session beside missed nothing. left: the attackers are gone."""

    told: Sequence[Told]
    halts: Halts
    memory_mb: float
    heard: bool
    left: bool


async def slow(kind: str, seconds: float) -> Slow:
    """A gateway under attackers of a kind."""
    info = ReplicaInfo(
        ATTACKERS + 1,
        frozenset(Pair("fr", each) for each in LANGUAGES),
        tuple(Voice(f"of {each}", each) for each in LANGUAGES),
        "scripted",
    )
    replica = FakeReplica(info=info)
    replica.speech_samples = SPEECH_SAMPLES
    async with serving(replica, config=settings(read_s=READ_S)) as gateway:
        healthy = await gateway.call(timeout_s=seconds + 90).say(CONFIG, audio(1))
        before_mb = most_mb = own_mb(os.getpid())
        command = (sys.executable, "-m", "tests.attack.slow_readers", gateway.address, kind)
        async with watched() as halts:
            attackers = [
                asyncio.create_task(_output_of(*command, str(seconds))) for _ in range(ATTACKERS)
            ]
            for spoken in count(2):
                await healthy.say(audio(spoken))
                await asyncio.wait(attackers, timeout=CHUNK_MS / 1000)
                most_mb = max(most_mb, own_mb(os.getpid()))
                if all(each.done() for each in attackers):
                    break
        left = len(gateway.server.sessions) == 1
        await healthy.half_close()
        heard = text_of(await healthy.rest()) == words(spoken)
    told = [_told(await each) for each in attackers]
    return Slow(told, halts, most_mb - before_mb, heard, left)


async def _output_of(*command: str) -> bytes:
    running = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    return (await running.communicate())[0]


def _told(text: bytes) -> Told:
    found = json.loads(text)
    by_target = {
        name: defaultdict(type(kind()), {int(key): value for key, value in found[name].items()})
        for name, kind in (("text", str), ("speech_ms", int), ("dropped_ms", int))
    }
    return Told(found["status"], found["said"], **by_target)


async def attack(address: str, kind: str, seconds: float) -> Told:
    """An attacker's side: speaks at the speed of speech, and reads as its kind does; all that is
    left when it has spoken."""
    told = Told()
    async with grpc.aio.insecure_channel(address) as channel:
        stub = stubs.InterpretationServiceStub(channel)  # type: ignore[no-untyped-call]
        call: RawCall = stub.Interpret(timeout=seconds + 60)
        ending = Ending(call)
        speaking = asyncio.create_task(_speak(call, round(seconds * 1000 / CHUNK_MS)))
        reading = asyncio.create_task(_read(call, told, KINDS[kind], speaking))
        told.said = await speaking
        await reading
        error = await ending.error()
        told.status = "OK" if error.code() is grpc.StatusCode.OK else error_of(error).reason.value
    return told


async def _speak(call: RawCall, chunks: int) -> int:
    """How many chunks went out."""
    with suppress(grpc.aio.AioRpcError, asyncio.InvalidStateError):
        await call.write(request_to_proto(ATTACK))
        for number in range(1, chunks + 1):
            await call.write(request_to_proto(audio(number)))
            await asyncio.sleep(CHUNK_MS / 1000)
        await call.done_writing()
    return chunks


async def _read(
    call: RawCall, told: Told, kind: tuple[float, float, bool], speaking: "asyncio.Task[int]"
) -> None:
    message: Any
    wait_s, next_s, _ = kind
    with suppress(grpc.aio.AioRpcError):
        while True:
            await asyncio.wait({speaking}, timeout=wait_s)
            wait_s = next_s
            message = await call.read()
            if message is grpc.aio.EOF:
                return
            if response := response_from_proto(message):
                told.note(response.body)


async def slow_readers(seconds: float) -> list[Row]:
    """All kinds."""
    rows = []
    for kind, (_, _, well) in KINDS.items():
        found = await slow(kind, seconds)
        statuses = {told.status for told in found.told}
        exact = not well or all(told.exact for told in found.told)
        holds = (
            exact
            and statuses == {"OK" if well else "READER_TOO_SLOW"}
            and found.halts.holds
            and found.memory_mb <= MOST_MB
            and found.heard
            and found.left
        )
        lost = [sum(told.dropped_ms.values()) / 1000 for told in found.told]
        measured = (
            f"{', '.join(sorted(statuses))}, {'exact' if exact else 'BROKEN'}, {found.halts}, "
            f"{found.memory_mb:.0f} MB, told of {max(lost):.0f} s of speech left out"
        )
        target = f"text whole, told of the rest, halt <= {LONGEST_S} s, <= {MOST_MB} MB"
        rows.append(Row(f"{ATTACKERS} with 3 targets read {kind}", target, measured, holds))
    return rows


def main() -> None:
    """One attacker, or all of them."""
    if len(sys.argv) > 2:
        told = asyncio.run(attack(sys.argv[1], sys.argv[2], float(sys.argv[3])))
        sys.stdout.write(json.dumps(vars(told)))
        return
    rows = asyncio.run(slow_readers(float(sys.argv[1])))
    sys.stdout.write(printed(rows) + "\n")
    sys.exit(not all(row.holds for row in rows))


if __name__ == "__main__":
    main()
