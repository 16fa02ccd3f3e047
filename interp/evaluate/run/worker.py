"""One process of an evaluation: it loads the model once and runs recordings one after another."""

import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np

from interp.core.audio import Samples, ms_to_samples, samples_to_ms, silence
from interp.core.clock import VirtualClock
from interp.core.config import SessionConfig
from interp.core.detector import VoiceDetector
from interp.core.events import Event
from interp.core.translator import Translator
from interp.engine.gate import Gate, GateSettings
from interp.engine.models import Models
from interp.engine.session import Session
from interp.engine.session_state import SessionSettings
from interp.evaluate.record.log import Instance, Stretch
from interp.evaluate.record.manifest import Clip
from interp.evaluate.run.clip_audio import read_clip
from interp.evaluate.run.collect import collect
from interp.evaluate.run.shared_hearing import (
    Audience,
    Listener,
    Seat,
    SharedDetector,
    listen_together,
)
from interp.evaluate.run.voiced import voiced
from interp.policies.base import Policy
from interp.policies.effort import effort_of
from interp.policies.registry import load_file, parse


class System(Protocol):
    """What is evaluated."""

    def interpret(
        self, configs: Sequence[SessionConfig], samples: Samples
    ) -> list[Sequence[Event]]:
        """Events of one recording [sample] at 16 kHz under each config, which asks for
        Output.ACTIONS."""

    def voiced(self, samples: Samples) -> tuple[Stretch, ...]:
        """Where somebody speaks in 16 kHz samples [sample]."""


@dataclass(frozen=True, slots=True)
class EngineSystem:
    """The session engine in this process, on a virtual clock with real compute times."""

    detector: VoiceDetector
    translator: Translator

    def interpret(
        self, configs: Sequence[SessionConfig], samples: Samples
    ) -> list[Sequence[Event]]:
        """A session for each config; those that hear in the same steps hear together."""
        steps = [_steps(parse(config.policy)) for config in configs]
        gate = self._gate()
        audiences = {each: Audience(self.translator) for each in steps}
        seats = [
            self._seat(config, gate, audiences[each])
            for config, each in zip(configs, steps, strict=True)
        ]
        listen_together(seats, samples)
        return [
            self._alone(config, samples) if seat.diverged else seat.events
            for config, seat in zip(configs, seats, strict=True)
        ]

    def voiced(self, samples: Samples) -> tuple[Stretch, ...]:
        """Where the gate's detector hears somebody."""
        return voiced(self.detector, samples)

    def _alone(self, config: SessionConfig, samples: Samples) -> Sequence[Event]:
        seat = self._seat(config, self._gate(), Audience(self.translator))
        listen_together([seat], samples)
        return seat.events

    def _gate(self) -> Gate:
        return Gate(SharedDetector(self.detector), GateSettings())

    def _seat(self, config: SessionConfig, gate: Gate, audience: Audience) -> Seat:
        clock, listener = VirtualClock(), Listener(audience)
        session = Session(
            config,
            gate=gate,
            models=Models(listener),
            clock=clock,
            settings=SessionSettings(),
        )
        return Seat(session, listener, clock)


def _steps(policy: Policy) -> tuple[int, int]:
    """What decides how a session with this policy hears: its unit, and what it hears anew, ms."""
    return policy.unit_ms, effort_of(policy).anew_ms


Build: TypeAlias = Callable[[], System]
"""Builds the system inside a worker process; picklable."""


@dataclass(frozen=True, slots=True)
class Job:
    """One recording under some policies. index: of the clip; points: operating points, by number
    and config. lead_silence_ms: what is heard before the recording."""

    index: int
    clip: Clip
    points: tuple[tuple[int, SessionConfig], ...]
    lead_silence_ms: int = 0


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a Job at one of its points."""

    point: int
    instance: Instance


class Worker:
    """Runs jobs. The first begins with a run to warm up: a model's first call is slow and is no
    figure of it."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._warm = False

    def run(self, job: Job) -> list[Done]:
        """One job. Raises InterpError, OSError."""
        samples = read_clip(job.clip)
        configs = [config for _, config in job.points]
        if not self._warm:
            self._system.interpret(configs[:1], samples)
            self._warm = True
        # Whole milliseconds, like delays: a word written at the very end is not before it.
        length_ms = float(samples_to_ms(samples.size))
        lead = silence(ms_to_samples(job.lead_silence_ms))
        said = self._system.interpret(configs, np.concatenate([lead, samples]))
        speaks = self._system.voiced(samples)
        return [
            Done(
                point,
                collect(events, job.lead_silence_ms).instance(
                    job.index, job.clip, length_ms, speaks
                ),
            )
            for (point, _), events in zip(job.points, said, strict=True)
        ]


_workers: list[Worker] = []
"""The worker of this process; filled by `start` when the pool opens it."""


def start(build: Build, policy_files: tuple[Path, ...]) -> None:
    """Initialise a worker process; an interrupt is for its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for path in policy_files:
        load_file(path)
    _workers.append(Worker(build()))


def run(job: Job) -> list[Done]:
    """Run one job in a worker process."""
    return _workers[0].run(job)
