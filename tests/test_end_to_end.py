"""Real weights, real Ray, a real server on port 0: what a client gets is what the engine writes."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest

from interp import app
from interp.cluster.settings import ClusterConfig
from interp.core.clock import VirtualClock
from interp.core.config import SessionConfig
from interp.core.events import SessionEnded, TargetText
from interp.engine.host import HostSettings
from interp.engine.recording import interpret
from interp.engine.session import SessionSettings
from interp.intake.file import read_audio
from interp.intake.format import AudioFormat, Encoding
from interp.models.whisper.translator import WhisperTranslator
from interp.serve.client import Client, connect
from interp.serve.config import ServerConfig, ServerSettings
from interp.serve.messages import StreamConfig

pytestmark = [
    pytest.mark.weights,
    pytest.mark.ray,
    pytest.mark.filterwarnings("ignore"),  # Ray's own
]

FOLDER = Path(__file__).parent / "data" / "fr"
FILES = [FOLDER / "vm-invalidpassword.flac", FOLDER / "conf-onlyperson.flac"]
POLICY = "alignatt:guard_ms=600,unit_ms=500"
CONFIG = SessionConfig("fr", "en", policy=POLICY)
STREAM = StreamConfig(CONFIG, AudioFormat(Encoding.PCM16, 16_000))

Written = list[tuple[str, int, int]]
"""Word, delay in ms, segment."""


@pytest.fixture(scope="module")
def model() -> WhisperTranslator:
    return app.translator(app.ModelSettings(threads=1))


def in_process(file: Path, model: WhisperTranslator) -> Written:
    clock = VirtualClock()
    stage = app.session(CONFIG, model, clock)
    events = interpret(stage, model, read_audio(file), clock)
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


async def many_ways(expected: Sequence[Written]) -> None:
    config = ServerConfig(server=ServerSettings(address="127.0.0.1:0"))
    # No catching up: how late a decision comes is the machine's affair, not this test's.
    hosting = HostSettings(lanes=8, session=SessionSettings(catch_up_ms=None))
    models = app.ModelSettings(threads=1)
    async with (
        app.serving(config, ClusterConfig(), models, hosting) as server,
        connect(f"127.0.0.1:{server.port}") as client,
    ):
        for sizes in (constant(320), constant(1600), constant(16_000), drawn(1)):
            chunks = cut(pcm16(FILES[0]), sizes)
            assert await through_server(client, chunks) == expected[0]
        together = await asyncio.gather(
            *(
                through_server(client, cut(pcm16(file), drawn(seed)))
                for seed, file in enumerate(FILES * 3)
            )
        )
        assert together == [*expected] * 3


@pytest.mark.timeout(300)
def test_whatever_the_chunks_and_the_company_a_client_gets_what_the_engine_writes(
    model: WhisperTranslator,
) -> None:
    expected = [in_process(file, model) for file in FILES]
    assert all(len(written) > 3 for written in expected)
    asyncio.run(many_ways(expected))
