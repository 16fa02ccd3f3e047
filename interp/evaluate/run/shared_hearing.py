"""Sessions over one recording, side by side, that hear it once.

Sessions whose policies decide in the same units give the encoder the same audio in the same steps:
one does the work, the others take over its result and its measured time. What is written, and every
delay and compute time, is what a session alone has; a sweep of policies costs a fraction.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from interp.core.audio import VAD_FRAME_SAMPLES, Samples
from interp.core.clock import VirtualClock
from interp.core.detector import VoiceDetector
from interp.core.events import End, Event, Input
from interp.core.translator import (
    Abilities,
    DecodeStep,
    EncodeStep,
    Hypothesis,
    Pair,
    Translator,
)
from interp.engine.recording import chunks, said
from interp.engine.session import Session
from interp.engine.work import Answer, Identifying, Work, Writing


class SharedDetector:
    """A `VoiceDetector` for sessions that all hear one recording: each frame is judged once.

    A session's state is the number of frames it has heard.
    """

    def __init__(self, detector: VoiceDetector) -> None:
        self._detector = detector
        self._state = detector.init_state()
        self._judged: list[float] = []

    def init_state(self) -> int:
        """As VoiceDetector."""
        return 0

    def step(self, audio: Samples, state: int) -> tuple[NDArray[np.float32], int]:
        """As VoiceDetector; `audio` is the recording's from frame `state` on."""
        end = state + audio.size // VAD_FRAME_SAMPLES
        if end > len(self._judged):
            fresh = audio[(len(self._judged) - state) * VAD_FRAME_SAMPLES :]
            judged, self._state = self._detector.step(fresh, self._state)
            self._judged.extend(judged.tolist())
        return np.array(self._judged[state:end], np.float32), end


@dataclass(frozen=True, slots=True)
class HeardStep:
    """One step of the encoder, and how long it took."""

    samples: int
    finished: bool
    cost_ms: float


@dataclass(slots=True)
class HeardSegment:
    """A segment's source state, and the steps that led to it."""

    source: Any
    steps: list[HeardStep] = field(default_factory=list)


class Audience:
    """What the sessions over one recording have heard of it so far."""

    def __init__(self, translator: Translator) -> None:
        self.translator = translator
        self._segments: list[HeardSegment] = []

    def segment(self, number: int) -> HeardSegment:
        """The segment with this number; a new one when the first session opens it."""
        if number == len(self._segments):
            self._segments.append(HeardSegment(self.translator.init_source()))
        return self._segments[number]


class Listener:
    """The translator as one session of an audience sees it.

    saved_ms: time of encoder steps taken over since it was last set to 0.
    """

    def __init__(self, audience: Audience) -> None:
        self._audience = audience
        self._opened = 0
        self._taken = 0
        self._segment: HeardSegment | None = None
        self.saved_ms = 0.0

    @property
    def pairs(self) -> Collection[Pair]:
        """As Translator."""
        return self._audience.translator.pairs

    @property
    def abilities(self) -> Abilities:
        """As Translator."""
        return self._audience.translator.abilities

    def init_source(self) -> Any:
        """As Translator: the segment that the others hear."""
        self._segment = self._audience.segment(self._opened)
        self._opened, self._taken = self._opened + 1, 0
        return self._segment.source

    def init_target(
        self, source: Any, source_language: str, target_language: str, context: str
    ) -> Any:
        """As Translator."""
        return self._audience.translator.init_target(
            source, source_language, target_language, context
        )

    def hears_along(self, work: Writing | Identifying) -> bool:
        """Whether this work hears on in the steps of those beside it; if not, it cannot be done."""
        assert self._segment is not None, "a segment is opened before it is heard"
        ahead = self._segment.steps[self._taken :]
        if work.encode is None or not ahead:
            return not ahead
        (same, *more) = ahead
        step = (work.encode.audio.size, work.encode.finished)
        return not more and step == (same.samples, same.finished)

    def encode(self, steps: Sequence[EncodeStep[Any]]) -> None:
        """As Translator, of steps that hear along."""
        for step in steps:
            self._encode(step)

    def _encode(self, step: EncodeStep[Any]) -> None:
        assert self._segment is not None, "a segment is opened before it is heard"
        heard = self._segment.steps
        if self._taken == len(heard):
            started_s = time.perf_counter()
            self._audience.translator.encode([step])
            cost_ms = (time.perf_counter() - started_s) * 1000
            heard.append(HeardStep(step.audio.size, step.finished, cost_ms))
        else:
            self.saved_ms += heard[self._taken].cost_ms
        self._taken += 1

    def spoken(self, sources: Sequence[Any]) -> list[Mapping[str, float]]:
        """As Translator."""
        return self._audience.translator.spoken(sources)

    def decode(self, steps: Sequence[DecodeStep[Any]]) -> list[Hypothesis]:
        """As Translator."""
        return self._audience.translator.decode(steps)


class Seat:
    """One session of an audience. events: what it said so far. diverged: it said no more then."""

    def __init__(
        self,
        session: Session,
        listener: Listener,
        clock: VirtualClock,
    ) -> None:
        self._session, self._listener, self._clock = session, listener, clock
        self.events: list[Event] = []
        self.diverged = False

    def feed(self, item: Input, at_ms: float) -> None:
        """One input that arrives at `at_ms`."""
        if not self.diverged:
            self._clock.advance_to(at_ms)
            self._session.feed(item)

    def step(self) -> bool:
        """Run the next work of what was fed; whether there was any."""
        if self.diverged:
            return False
        work = self._session.advance()
        if isinstance(work, Writing | Identifying) and not self._listener.hears_along(work):
            self.diverged = True
            return False
        if work is not None:
            answer = self._run(work)
            self._clock.advance(answer.compute_ms)
            self._session.complete(answer)
        self.events += said(self._session)
        return work is not None

    def _run(self, work: Work) -> Answer:
        (answer,) = self._session.models.run([work])
        saved_ms, self._listener.saved_ms = self._listener.saved_ms, 0.0
        return replace(answer, compute_ms=answer.compute_ms + saved_ms)


def listen_together(seats: Sequence[Seat], samples: Samples) -> None:
    """Play a recording [sample] at 16 kHz to all seats, which take turns work by work."""
    end_ms = 0.0
    for audio in chunks(samples):
        end_ms = audio.arrived_ms
        _round(seats, audio, end_ms)
    _round(seats, End(), end_ms)


def _round(seats: Sequence[Seat], item: Input, at_ms: float) -> None:
    for seat in seats:
        seat.feed(item, at_ms)
    turns = list(seats)
    while turns:
        turns = [seat for seat in turns if seat.step()]
