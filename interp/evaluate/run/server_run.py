"""Runs clips through a live server, several sessions at a time; its own replies fill the logs."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import numpy as np
import soundfile

from interp.core.audio import TARGET_RATE_HZ, Samples, ms_to_samples, samples_to_ms
from interp.core.config import SessionConfig
from interp.core.events import Event, TargetSpeech
from interp.evaluate.record.log import Instance
from interp.evaluate.record.manifest import Clip
from interp.evaluate.run.collect import Collected
from interp.evaluate.run.runner import Point, Progress, open_log
from interp.intake.file import read_audio

CHUNK_MS = 100
PCM16_FULL = 32_768

Converse: TypeAlias = Callable[[SessionConfig, Sequence[bytes]], AsyncIterator[Event]]
"""One session: chunks of CHUNK_MS, 16 kHz PCM16, and what the server says to them."""


async def run_live(
    points: Sequence[Point],
    clips: Sequence[tuple[int, Clip]],
    converse: Converse,
    progress: Progress,
) -> None:
    """Write what the points' logs still lack, one point after another.

    A point's `sessions` setting is how many of its clips are played at a time. One session before
    the first point is not recorded: a server's first call is slow. Raises what a session raises.
    """
    with ExitStack() as stack:
        writers = [stack.enter_context(open_log(point)) for point in points]
        due = [[c for c in clips if c[0] not in writer.written] for writer in writers]
        count, done = len(points) * len(clips), len(points) * len(clips) - sum(map(len, due))
        progress(done, count)
        warm = False
        for point, writer, todo in zip(points, writers, due, strict=True):
            if todo and not warm:
                await _play(point, *todo[0], converse)
                warm = True
            async for instance in _results(point, todo, converse):
                writer.write(instance)
                done += 1
                progress(done, count)


async def _results(
    point: Point, clips: Sequence[tuple[int, Clip]], converse: Converse
) -> AsyncIterator[Instance]:
    sessions = int(point.run.settings.get("sessions", 1))
    todo = iter(clips)
    running: set[asyncio.Task[Instance]] = set()
    try:
        while True:
            for index, clip in _next(todo, sessions - len(running)):
                running.add(asyncio.create_task(_play(point, index, clip, converse)))
            if not running:
                return
            ended, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in ended:
                yield task.result()
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def _next(todo: Iterator[tuple[int, Clip]], count: int) -> Iterator[tuple[int, Clip]]:
    for _, item in zip(range(count), todo, strict=False):
        yield item


async def _play(point: Point, index: int, clip: Clip, converse: Converse) -> Instance:
    """One clip through one session."""
    samples = await asyncio.to_thread(read_audio, clip.audio)
    collected, sound = Collected(), []
    async for event in converse(point.config, pcm16_chunks(samples)):
        collected.add(event)
        if isinstance(event, TargetSpeech):
            sound.append(event.samples)
    instance = collected.instance(index, clip, float(samples_to_ms(samples.size)))
    if not sound:
        return instance
    return replace(instance, speech_path=_save(point, index, np.concatenate(sound)))


def pcm16_chunks(samples: Samples) -> list[bytes]:
    """16 kHz samples [sample] as chunks of CHUNK_MS in PCM16; exact for 16-bit sources."""
    pcm = np.clip(np.round(samples * PCM16_FULL), -PCM16_FULL, PCM16_FULL - 1).astype("<i2")
    size = ms_to_samples(CHUNK_MS)
    return [pcm[start : start + size].tobytes() for start in range(0, pcm.size, size)]


def _save(point: Point, index: int, sound: Samples) -> str:
    """Write target speech without waits beside the log; its path from the run folder."""
    file = Path("speech", point.log.stem, f"{index}.wav")
    folder = point.log.parent.parent
    (folder / file).parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(folder / file, sound, TARGET_RATE_HZ)
    return str(file)
