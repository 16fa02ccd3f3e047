import asyncio
import io
import os
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from interp.commands.source import Source, feed, file_source, pipe_source
from interp.intake.file import read_audio
from tests.fakes.containers import encode

CASES = Path(__file__).parents[1] / "data" / "cases"
RAW = (CASES / "pipe-odd-byte.raw").read_bytes()


def piped(content: bytes) -> io.BufferedReader:
    """A pipe with so many bytes: they fit in what the kernel holds, or a thread would be needed."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    assert os.write(write, content) == len(content)
    os.close(write)
    return os.fdopen(read, "rb")


def heard(source: Source, told: Callable[[str], None] = lambda text: None) -> bytes:
    async def collect() -> bytes:
        return b"".join([chunk async for chunk in feed(source, 2_000, told)])

    return asyncio.run(collect())


def of_pipe(content: bytes, rate_hz: int = 16_000) -> tuple[int, bytes]:
    """The rate, and all bytes, of what comes through a pipe."""
    with piped(content) as pipe:
        source = asyncio.run(pipe_source(pipe, rate_hz, 2_000))
        return source.rate_hz, heard(source)


def test_half_a_sample_at_the_end_of_a_pipe_is_dropped() -> None:
    assert of_pipe(RAW[:20_001]) == (16_000, RAW[:20_000])


def wav(rate_hz: int, samples: bytes) -> bytes:
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setparams((1, 2, rate_hz, 0, "NONE", ""))
        file.writeframes(samples)
    return content.getvalue()


def test_a_wav_file_on_a_pipe_is_read_as_one() -> None:
    assert of_pipe(wav(16_000, RAW[:20_000])) == (16_000, RAW[:20_000])


def test_a_wav_file_of_another_rate_is_brought_to_ours() -> None:
    rate_hz, samples = of_pipe(wav(8_000, RAW[:20_000]), rate_hz=44_100)
    assert rate_hz == 16_000
    assert len(samples) == 2 * 20_000


def test_other_files_on_a_pipe_are_told_by_their_first_bytes() -> None:
    sound = np.asarray(np.frombuffer(RAW[:30_000], "<i2") / 32768, np.float32)
    assert of_pipe(encode(sound, 16_000, "flac", "flac")) == (16_000, RAW[:30_000])


def test_a_file_is_cut_into_chunks_of_one_size() -> None:
    path = CASES / "language-tags.flac"
    chunks = [chunk for chunk in file_source(path, None, 100).chunks if isinstance(chunk, bytes)]
    assert {len(chunk) for chunk in chunks[:-1]} == {3_200}
    assert sum(map(len, chunks)) == 2 * read_audio(path).size


def test_a_pipe_that_runs_ahead_is_held_back_and_told_so() -> None:
    async def timed(seconds: float) -> tuple[float, list[str]]:
        told: list[str] = []
        samples = b"\0\1" * int(16_000 * seconds)
        chunks = (samples[n : n + 3_200] for n in range(0, len(samples), 3_200))
        loop = asyncio.get_running_loop()
        started_s = loop.time()
        async for _ in feed(Source(16_000, chunks, live=True), 100, told.append):
            pass
        return loop.time() - started_s, told

    took_s, told = asyncio.run(timed(3.5))
    assert took_s == pytest.approx(0.5, abs=0.3)
    assert "faster than speech" in told[0]
    took_s, told = asyncio.run(timed(2.5))
    assert took_s < 0.5
    assert told == []
