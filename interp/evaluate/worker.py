"""One process of an evaluation: it loads the model once and runs recordings one after another."""

import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeAlias, TypeVar

from interp.core.audio import Samples, samples_to_ms
from interp.core.clock import VirtualClock
from interp.core.config import SessionConfig
from interp.core.events import Event
from interp.engine.gate import Gate
from interp.engine.ports import Translator
from interp.engine.recording import interpret
from interp.engine.session import Session, SessionSettings
from interp.evaluate.collect import collect
from interp.evaluate.log import Instance
from interp.evaluate.manifest import Clip
from interp.intake.file import read_audio
from interp.policies.registry import load_file

VoiceT = TypeVar("VoiceT")
SourceT = TypeVar("SourceT")
TargetT = TypeVar("TargetT")


class System(Protocol):
    """What is evaluated."""

    def interpret(self, config: SessionConfig, samples: Samples) -> Iterator[Event]:
        """Events of one recording [sample] at 16 kHz; Output.ACTIONS among the outputs."""


@dataclass(frozen=True, slots=True)
class EngineSystem(Generic[VoiceT, SourceT, TargetT]):
    """The session engine in this process, on a virtual clock with real compute times."""

    gate: Gate[VoiceT]
    translator: Translator[SourceT, TargetT]

    def interpret(self, config: SessionConfig, samples: Samples) -> Iterator[Event]:
        """A session of its own for the recording."""
        clock = VirtualClock()
        session = Session(
            config,
            gate=self.gate,
            translator=self.translator,
            clock=clock,
            settings=SessionSettings(),
        )
        return interpret(session, self.translator, samples, clock)


Build: TypeAlias = Callable[[], System]
"""Builds the system inside a worker process; picklable."""


@dataclass(frozen=True, slots=True)
class Job:
    """One recording under one policy. point: which operating point; index: of the clip."""

    point: int
    index: int
    clip: Clip
    config: SessionConfig


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a Job."""

    point: int
    instance: Instance


class Worker:
    """Runs jobs. The first is run twice: a model's first call is slow and is no figure of it."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._warm = False

    def run(self, job: Job) -> Done:
        """One job. Raises InterpError, OSError."""
        samples = read_audio(job.clip.audio)
        if not self._warm:
            collect(self._system.interpret(job.config, samples))
            self._warm = True
        collected = collect(self._system.interpret(job.config, samples))
        # Whole milliseconds, like delays: a word written at the very end is not before it.
        length_ms = float(samples_to_ms(samples.size))
        return Done(job.point, collected.instance(job.index, job.clip, length_ms))


_workers: list[Worker] = []
"""The worker of this process; filled by `start` when the pool opens it."""


def start(build: Build, policy_files: tuple[Path, ...]) -> None:
    """Initialise a worker process; an interrupt is for its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for path in policy_files:
        load_file(path)
    _workers.append(Worker(build()))


def run(job: Job) -> Done:
    """Run one job in a worker process."""
    return _workers[0].run(job)
