"""Runs clips through a live server, several sessions at a time; its own replies fill the logs."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import numpy as np
import soundfile

from interp.core.audio import (
    PCM16_BYTES,
    TARGET_RATE_HZ,
    Samples,
    ms_to_samples,
    samples_to_ms,
    silence,
    to_pcm16,
)
from interp.core.config import SessionConfig
from interp.core.errors import AtCapacity
from interp.core.events import Event, TargetSpeech
from interp.evaluate.record.log import Instance, Stretch
from interp.evaluate.record.manifest import Clip
from interp.evaluate.run.clip_audio import read_clip
from interp.evaluate.run.collect import Collected
from interp.evaluate.run.runner import Point, Progress, open_log

CHUNK_MS = 100
PATIENCE_S = 600.0
"""So long in all a session waits for room."""

Converse: TypeAlias = Callable[[SessionConfig, Sequence[bytes]], AsyncIterator[Event]]
"""One session: chunks of CHUNK_MS, 16 kHz PCM16, and what the server says to them."""

Voiced: TypeAlias = Callable[[Samples], tuple[Stretch, ...]]
"""Where somebody speaks in 16 kHz samples [sample]."""


async def run_live(
    points: Sequence[Point],
    clips: Sequence[tuple[int, Clip]],
    converse: Converse,
    voiced: Voiced,
    progress: Progress,
) -> None:
    """Write what the points' logs still lack, one point after another.

    One session before the first point is not recorded: a server's first call is slow. A session
    that is refused for want of room waits as long as the server says, up to PATIENCE_S in all.
    Raises what a session raises.
    """
    with ExitStack() as stack:
        writers = [stack.enter_context(open_log(point)) for point in points]
        due = [[c for c in clips if c[0] not in writer.written] for writer in writers]
        count, done = len(points) * len(clips), len(points) * len(clips) - sum(map(len, due))
        progress(done, count)
        warm = False
        for point, writer, todo in zip(points, writers, due, strict=True):
            if todo and not warm:
                await _play(point, *todo[0], converse, voiced)
                warm = True
            async for instance in _results(point, todo, converse, voiced):
                writer.write(instance)
                done += 1
                progress(done, count)


async def _results(
    point: Point, clips: Sequence[tuple[int, Clip]], converse: Converse, voiced: Voiced
) -> AsyncIterator[Instance]:
    todo = iter(clips)
    running: set[asyncio.Task[Instance]] = set()
    try:
        while True:
            for index, clip in _next(todo, point.sessions - len(running)):
                running.add(asyncio.create_task(_play(point, index, clip, converse, voiced)))
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


async def _play(
    point: Point, index: int, clip: Clip, converse: Converse, voiced: Voiced
) -> Instance:
    """One clip through one session."""
    samples = await asyncio.to_thread(read_clip, clip)
    lead = silence(ms_to_samples(point.lead_silence_ms))
    chunks = pcm16_chunks(np.concatenate([lead, samples]))
    collected, sound = Collected(point.lead_silence_ms), []
    async for event in _patient(point.config, chunks, converse):
        collected.add(event)
        if isinstance(event, TargetSpeech):
            sound.append(event.samples)
    speaks = await asyncio.to_thread(voiced, samples)
    instance = collected.instance(index, clip, float(samples_to_ms(samples.size)), speaks)
    if not sound:
        return instance
    return replace(instance, speech_path=_save(point, index, np.concatenate(sound)))


async def _patient(
    config: SessionConfig, chunks: Sequence[bytes], converse: Converse
) -> AsyncIterator[Event]:
    """One session, tried again as the server asks while it has no room. Raises AtCapacity where it
    does not say when, or after PATIENCE_S."""
    waited_s = 0.0
    while True:
        try:
            async for event in converse(config, chunks):
                yield event
            return
        except AtCapacity as full:
            if full.retry_after_ms is None or waited_s >= PATIENCE_S:
                raise
            wait_s = max(full.retry_after_ms / 1000, 0.05)
            await asyncio.sleep(wait_s)
            waited_s += wait_s


def pcm16_chunks(samples: Samples) -> list[bytes]:
    """16 kHz samples [sample] as chunks of CHUNK_MS in PCM16; exact for 16-bit sources."""
    content, size = to_pcm16(samples), ms_to_samples(CHUNK_MS) * PCM16_BYTES
    return [content[start : start + size] for start in range(0, len(content), size)]


def _save(point: Point, index: int, sound: Samples) -> str:
    """Write target speech without waits beside the log; its path from the run folder."""
    file = Path("speech", point.log.stem, f"{index}.wav")
    folder = point.log.parent.parent
    (folder / file).parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(folder / file, sound, TARGET_RATE_HZ)
    return str(file)
