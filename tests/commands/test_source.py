import asyncio
import io
import os
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from interp.commands.source import Source, feed, file_source, pipe_source
from interp.core.errors import InvalidRequest
from interp.intake.file import read_audio
from interp.intake.timeline import Note
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


def heard(
    source: Source, told: Callable[[str], None] = lambda text: None, chunk_ms: int = 2_000
) -> bytes:
    async def collect() -> bytes:
        return b"".join([chunk async for chunk in feed(source, chunk_ms, told)])

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


@pytest.mark.parametrize(
    ("container", "codec"), [("mp3", "libmp3lame"), ("adts", "aac"), ("mpegts", "aac")]
)
def test_frames_without_a_header_on_a_pipe_are_heard_as_a_file(container: str, codec: str) -> None:
    sound = np.asarray(np.frombuffer(RAW[:40_000], "<i2") / 32768, np.float32)
    rate_hz, samples = of_pipe(encode(sound, 16_000, container, codec), rate_hz=8_000)
    assert rate_hz == 16_000
    assert len(samples) == pytest.approx(40_000, rel=0.15)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 11, 12, 13, 63, 64, 65, 6_400])
def test_a_pipe_of_any_length_gives_all_its_whole_samples(size: int) -> None:
    assert of_pipe(RAW[:size]) == (16_000, RAW[: size // 2 * 2])


@pytest.mark.parametrize("rate_hz", [8_000, 22_050, 48_000])
def test_bare_samples_keep_the_rate_they_are_said_to_have(rate_hz: int) -> None:
    assert of_pipe(RAW[:4_000], rate_hz) == (rate_hz, RAW[:4_000])


@pytest.mark.parametrize(("rate_hz", "chunk_ms", "size"), [(16_000, 100, 3_200), (8_000, 20, 320)])
def test_bare_samples_come_in_chunks_of_the_time_asked_for(
    rate_hz: int, chunk_ms: int, size: int
) -> None:
    with piped(RAW[: 3 * size + 10]) as pipe:
        chunks = asyncio.run(pipe_source(pipe, rate_hz, chunk_ms)).chunks
        sizes = [len(chunk) for chunk in chunks if isinstance(chunk, bytes)]
    assert sizes == [size, size, size, 10]


@pytest.mark.parametrize("chunk_ms", [10, 100, 2_000])
def test_chunks_of_any_length_hold_the_same_sound(chunk_ms: int) -> None:
    path = CASES / "language-tags.flac"
    whole = [c for c in file_source(path, None, 100).chunks if isinstance(c, bytes)]
    cut = [c for c in file_source(path, None, chunk_ms).chunks if isinstance(c, bytes)]
    assert b"".join(cut) == b"".join(whole)
    assert max(map(len, cut)) <= 32 * chunk_ms


def test_several_tracks_are_a_note_before_any_sound_unless_one_is_chosen() -> None:
    path = CASES / "two-audio-tracks.mkv"
    first = next(file_source(path, None, 100).chunks)
    assert isinstance(first, Note)
    assert "2 audio tracks" in first.text
    assert "--track takes another" in first.text
    assert isinstance(next(file_source(path, 2, 100).chunks), bytes)


@pytest.mark.parametrize("track", [0, 3, -1])
def test_a_track_that_is_not_there_is_refused_at_once(track: int) -> None:
    with pytest.raises(InvalidRequest, match="track"):
        file_source(CASES / "two-audio-tracks.mkv", track, 100)


def test_a_file_that_is_not_there_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"none\.wav"):
        file_source(tmp_path / "none.wav", None, 100)


def test_notes_are_told_and_not_sent() -> None:
    told: list[str] = []
    chunks: Iterator[bytes | Note] = iter(
        [Note("a hole", 1_000, 2_500), b"\0\1", Note("damaged", 3_000), b"\2\3"]
    )
    source = Source(16_000, chunks, live=True)
    assert heard(source, told.append, chunk_ms=100) == b"\0\1\2\3"
    assert told == ["a hole (from 1.00 to 2.50 s)", "damaged (from 3.00 on)"]


def test_what_goes_wrong_while_reading_comes_after_what_was_read() -> None:
    def broken() -> Iterator[bytes]:
        yield b"\0\1"
        raise OSError("the disk is gone")

    found: list[bytes] = []

    async def collect() -> None:
        async for chunk in feed(Source(16_000, broken(), live=True), 100, print):
            found.append(chunk)

    with pytest.raises(OSError, match="the disk is gone"):
        asyncio.run(collect())
    assert found == [b"\0\1"]
