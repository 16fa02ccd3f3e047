import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile

from interp.core.audio import TARGET_RATE_HZ, Samples
from interp.core.config import SessionConfig
from interp.core.errors import AtCapacity, Reason
from interp.core.events import (
    Event,
    PolicyAction,
    SessionEnded,
    TargetSpeech,
    TargetText,
    Totals,
    WrittenWord,
)
from interp.evaluate.record.log import Stretch, read_log
from interp.evaluate.record.manifest import Clip, read_manifest
from interp.evaluate.run.runner import Point
from interp.evaluate.run.server_run import pcm16_chunks, run_live
from interp.evaluate.run.study import Study
from tests.fakes.systems import save_manifest


class Stage:
    """A server that says one word at the end. open_max: most sessions at a time.

    together: after the first session none ends before so many have been open at a time.
    """

    def __init__(self, *, speaks: bool = False, room: int = 100, together: int = 1) -> None:
        self.heard: list[int] = []
        self.open = self.open_max = 0
        self._speaks, self._room, self._together = speaks, room, together
        self._full = asyncio.Event()

    async def converse(
        self, config: SessionConfig, chunks: Sequence[bytes]
    ) -> AsyncIterator[Event]:
        self.open += 1
        self.open_max = max(self.open_max, self.open)
        if self.open > self._room:
            raise AtCapacity(Reason.NO_LANE, "full")
        if self.open >= self._together or not self.heard:
            self._full.set()
        await self._full.wait()
        if not self.heard:
            self._full.clear()
        ms = sum(map(len, chunks)) // 32
        self.heard.append(ms)
        yield PolicyAction(0, 1, ms, 1, 5.0)
        yield TargetText(0, (WrittenWord(" word", ms, ms + 5, 0, ms),), segment_ended=True)
        if self._speaks:
            sound = np.full(TARGET_RATE_HZ // 10, 0.5, np.float32)
            yield TargetSpeech(0, sound, None, 0, " word", 0, ms, ms, ms + 9)
        yield SessionEnded(Totals())
        self.open -= 1


def clips(folder: Path, count: int) -> list[tuple[int, Clip]]:
    return list(enumerate(read_manifest(save_manifest(folder, count))))


def point(folder: Path, sessions: int = 1, *, speech: bool = False) -> Point:
    return Study(folder, "server", "made up", "fr", "en", speech).point("waitk:k=1", sessions)


def everywhere(samples: Samples) -> tuple[Stretch, ...]:
    """Somebody speaks throughout."""
    return (Stretch(0.0, samples.size / 16),)


def ignore(done: int, count: int) -> None:
    """No progress bar."""


async def test_the_servers_own_times_are_logged(tmp_path: Path) -> None:
    await run_live([point(tmp_path)], clips(tmp_path, 2), Stage().converse, everywhere, ignore)
    first, second = read_log(point(tmp_path).log).instances
    assert (first.source_length_ms, second.source_length_ms) == (2000.0, 2500.0)
    assert [(w.delay_ms, w.elapsed_ms, w.step) for w in second.words] == [(2500, 2505, 0)]


async def test_a_load_point_keeps_that_many_sessions_open(tmp_path: Path) -> None:
    stage = Stage(together=3)
    await run_live([point(tmp_path, 3)], clips(tmp_path, 7), stage.converse, everywhere, ignore)
    assert stage.open_max == 3
    assert len(read_log(point(tmp_path, 3).log).instances) == 7


async def test_the_first_session_only_warms_the_server(tmp_path: Path) -> None:
    stage = Stage()
    await run_live(
        [point(tmp_path), point(tmp_path, 2)],
        clips(tmp_path, 2),
        stage.converse,
        everywhere,
        ignore,
    )
    assert sorted(stage.heard) == [2000, 2000, 2000, 2500, 2500]


async def test_what_is_in_the_log_is_not_played_again(tmp_path: Path) -> None:
    every = clips(tmp_path, 3)
    await run_live([point(tmp_path)], every[:2], Stage().converse, everywhere, ignore)
    stage = Stage()
    await run_live([point(tmp_path)], every, stage.converse, everywhere, ignore)
    assert stage.heard == [3000, 3000]  # warm-up and the missing one


async def test_a_refused_session_ends_the_run_with_the_servers_reason(tmp_path: Path) -> None:
    stage = Stage(room=2, together=3)
    with pytest.raises(AtCapacity):
        await run_live([point(tmp_path, 4)], clips(tmp_path, 5), stage.converse, everywhere, ignore)


class Busy:
    """A server with no room for the first `refused` sessions; it says when to come again."""

    def __init__(self, refused: int, retry_after_ms: int | None = 1) -> None:
        self.calls = 0
        self._refused, self._retry_after_ms = refused, retry_after_ms
        self._stage = Stage()

    async def converse(
        self, config: SessionConfig, chunks: Sequence[bytes]
    ) -> AsyncIterator[Event]:
        self.calls += 1
        if self.calls <= self._refused:
            raise AtCapacity(Reason.NO_LANE, "all lanes are taken", self._retry_after_ms)
        async for event in self._stage.converse(config, chunks):
            yield event


async def test_a_full_server_is_asked_again_when_it_says(tmp_path: Path) -> None:
    busy = Busy(refused=4)
    await run_live([point(tmp_path)], clips(tmp_path, 2), busy.converse, everywhere, ignore)
    assert busy.calls == 4 + 1 + 2  # refused, warm-up, recordings
    instances = read_log(point(tmp_path).log).instances
    assert [len(instance.words) for instance in instances] == [1, 1]


async def test_a_full_server_that_does_not_say_when_is_not_asked_again(tmp_path: Path) -> None:
    busy = Busy(refused=1, retry_after_ms=None)
    with pytest.raises(AtCapacity, match="all lanes are taken"):
        await run_live([point(tmp_path)], clips(tmp_path, 1), busy.converse, everywhere, ignore)
    assert busy.calls == 1


async def test_silence_is_played_before_the_recording_and_is_no_lag(tmp_path: Path) -> None:
    where = Study(tmp_path, "server", "made up", "fr", "en").point("waitk:k=1", 1, 3000)
    stage = Stage()
    await run_live([where], clips(tmp_path, 1), stage.converse, everywhere, ignore)
    assert stage.heard == [5000, 5000]
    (instance,) = read_log(where.log).instances
    assert [(w.delay_ms, w.elapsed_ms) for w in instance.words] == [(2000, 2005)]
    assert instance.voiced == (Stretch(0.0, 2000.0),)


async def test_target_speech_is_kept_beside_the_log(tmp_path: Path) -> None:
    where = point(tmp_path, speech=True)
    await run_live([where], clips(tmp_path, 1), Stage(speaks=True).converse, everywhere, ignore)
    (instance,) = read_log(where.log).instances
    assert instance.speech_path is not None
    sound, rate = soundfile.read(tmp_path / instance.speech_path)
    assert (len(sound), rate) == (2400, TARGET_RATE_HZ)
    assert instance.speech[0].duration_ms == 100


def test_samples_become_little_endian_pcm_in_chunks_of_100_ms() -> None:
    samples = np.array([0.0, 1.0, -1.0, *[0.0] * 1597, 0.5], np.float32)
    first, rest = pcm16_chunks(samples)
    assert len(first) == 3200
    assert first[:6] == b"\x00\x00\xff\x7f\x00\x80"
    assert rest == b"\x00\x40"
