"""Real weights, real Ray, a real server on port 0: what a client gets is what the engine writes."""

import asyncio
import random
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest

from interp import app
from interp.client.client import Client, connect
from interp.core.clock import VirtualClock
from interp.core.config import SessionConfig
from interp.core.events import SessionEnded, TargetText
from interp.engine.models import Models
from interp.engine.recording import interpret
from interp.intake.file import read_audio
from interp.intake.format import AudioFormat, Encoding
from interp.models.settings import ModelSettings
from interp.wire.messages import StreamConfig

pytestmark = [pytest.mark.weights, pytest.mark.ray]

FOLDER = Path(__file__).parent / "data" / "fr"
FILES = [FOLDER / "vm-invalidpassword.flac", FOLDER / "conf-onlyperson.flac"]
POLICY = "alignatt:guard_ms=600,unit_ms=500"
CONFIG = SessionConfig("fr", "en", policy=POLICY)
STREAM = StreamConfig(CONFIG, AudioFormat(Encoding.PCM16, 16_000))

Written = list[tuple[str, int, int]]
"""Word, delay in ms, segment."""


@pytest.fixture(scope="module")
def models() -> Models:
    return app.models(ModelSettings(threads=1), speaking=False)


def in_process(file: Path, models: Models) -> Written:
    clock = VirtualClock()
    stage = app.session(CONFIG, models, clock)
    events = interpret(stage, read_audio(file), clock)
    texts = [event for event in events if isinstance(event, TargetText)]
    return [(word.text, word.delay_ms, text.segment) for text in texts for word in text.words]


def pcm16(file: Path) -> bytes:
    return (read_audio(file) * 32768).round().clip(-32768, 32767).astype("<i2").tobytes()


def cut(content: bytes, sizes: Iterator[int]) -> Iterator[bytes]:
    at = 0
    while at < len(content):
        size = 2 * next(sizes)
        yield content[at : at + size]
        at += size


async def as_feed(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk
        await asyncio.sleep(0)


async def through_server(client: Client, chunks: Iterator[bytes]) -> Written:
    written: Written = []
    ended = False
    async for body in client.interpret(STREAM, as_feed(chunks)):
        match body:
            case TargetText(segment, words):
                written += [(word.text, word.delay_ms, segment) for word in words]
            case SessionEnded():
                ended = True
    assert ended
    return written


def constant(samples: int) -> Iterator[int]:
    while True:
        yield samples


def drawn(seed: int) -> Iterator[int]:
    draw = random.Random(seed)
    while True:
        yield draw.randint(1, 20_000)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A server as its operator starts it, in a process of its own."""
    # No catching up: how late a decision comes is the machine's affair, not this test's.
    command = [sys.executable, "-m", "interp.cli", "serve", "--address", "127.0.0.1:0"]
    command += ["--threads", "1", "--catch-up-ms", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        yield line.split()[-1]
        process.terminate()
        assert process.wait(timeout=60) == 0


async def through_many_cuts(address: str, expected: Written) -> None:
    async with connect(address) as client:
        for sizes in (constant(320), constant(1600), constant(16_000), drawn(1)):
            chunks = cut(pcm16(FILES[0]), sizes)
            assert await through_server(client, chunks) == expected


async def in_company(address: str, expected: Sequence[Written]) -> None:
    async with connect(address) as client:
        feeds = [cut(pcm16(file), drawn(seed)) for seed, file in enumerate(FILES * 2)]
        together = await asyncio.gather(*(through_server(client, feed) for feed in feeds))
        assert together == [*expected] * 2


@pytest.mark.timeout(300)
def test_whatever_the_chunks_a_client_gets_what_the_engine_writes(
    models: Models, address: str
) -> None:
    expected = in_process(FILES[0], models)
    assert len(expected) > 3
    asyncio.run(through_many_cuts(address, expected))


@pytest.mark.timeout(300)
def test_in_a_full_batch_a_client_gets_what_it_gets_alone(models: Models, address: str) -> None:
    asyncio.run(in_company(address, [in_process(file, models) for file in FILES]))
