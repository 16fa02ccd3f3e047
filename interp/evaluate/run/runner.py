"""Runs clips at operating points over worker processes; every result goes to its log at once."""

import multiprocessing
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from interp.core.config import SessionConfig
from interp.evaluate.record.errors import EvaluationError
from interp.evaluate.record.log import EmissionLog, Instance, LogWriter, RunConfig, read_log
from interp.evaluate.record.manifest import Clip
from interp.evaluate.run.worker import Build, Done, Job, Worker, run, start


@dataclass(frozen=True, slots=True)
class Point:
    """One operating point: what is asked of the session, how the log names it, where it lies.

    sessions: open at a time. lead_silence_ms: heard before each recording.
    """

    config: SessionConfig
    run: RunConfig
    log: Path
    sessions: int = 1
    lead_silence_ms: int = 0


Progress: TypeAlias = Callable[[int, int], None]
"""Called with jobs done and all jobs, first with what was there already."""


@dataclass(frozen=True, slots=True)
class Fleet:
    """Where jobs run. workers: processes; 0: in this one, which must know the policies."""

    build: Build
    workers: int
    policy_files: tuple[Path, ...] = ()

    def results(self, jobs: Sequence[Job]) -> Generator[Done, None, None]:
        """Results as they come. Raises what a job raises; jobs not yet begun are dropped then."""
        if not self.workers:
            worker = Worker(self.build())
            for job in jobs:
                yield from worker.run(job)
            return
        pool = ProcessPoolExecutor(
            max_workers=min(self.workers, len(jobs)),
            mp_context=multiprocessing.get_context("spawn"),
            initializer=start,
            initargs=(self.build, self.policy_files),
        )
        try:
            for future in as_completed([pool.submit(run, job) for job in jobs]):
                yield from future.result()
        except BrokenProcessPool as error:
            raise EvaluationError("a worker died; fewer --workers need less memory") from error
        finally:
            pool.shutdown(cancel_futures=True)


def run_points(
    points: Sequence[Point], clips: Sequence[tuple[int, Clip]], fleet: Fleet, progress: Progress
) -> None:
    """Write what the points' logs still lack. clips: with their index in the manifest.

    Raises EvaluationError where a log was begun under another configuration.
    """
    with ExitStack() as stack:
        writers = [stack.enter_context(open_log(point)) for point in points]
        # All points of a clip together: what slows the machine down for a while slows all alike.
        jobs = [job for clip in clips for job in _jobs(*clip, points, writers)]
        count = len(points) * len(clips)
        left = sum(len(job.points) for job in jobs)
        progress(count - left, count)
        if not jobs:
            return
        results = stack.enter_context(closing(fleet.results(jobs)))
        for done, result in enumerate(results, count - left + 1):
            writers[result.point].write(result.instance)
            progress(done, count)


def _jobs(
    index: int, clip: Clip, points: Sequence[Point], writers: Sequence[LogWriter]
) -> Iterator[Job]:
    """The points that have no instance of this clip yet, those together that hear the same."""
    lacking: dict[int, list[tuple[int, SessionConfig]]] = {}
    for number, (point, writer) in enumerate(zip(points, writers, strict=True)):
        if index not in writer.written:
            lacking.setdefault(point.lead_silence_ms, []).append((number, point.config))
    for lead_silence_ms, due in lacking.items():
        yield Job(index, clip, tuple(due), lead_silence_ms)


def open_log(point: Point) -> LogWriter:
    """The point's log, new or to go on with. Raises EvaluationError."""
    try:
        return LogWriter(point.log, point.run)
    except ValueError as error:
        raise EvaluationError(f"{error}; remove it or choose another folder") from error


def read_points(logs: Sequence[Path], indices: Sequence[int] | None = None) -> list[EmissionLog]:
    """Logs of a run; with indices only these instances, so that all are over the same ones."""
    found = [read_log(path) for path in logs]
    if indices is None:
        return found
    wanted = set(indices)
    return [EmissionLog(log.config, _only(log.instances, wanted)) for log in found]


def _only(instances: Sequence[Instance], wanted: set[int]) -> tuple[Instance, ...]:
    return tuple(instance for instance in instances if instance.index in wanted)
