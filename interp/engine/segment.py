"""The open segment of a session, and the model work that it asks for."""

from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

import numpy as np

from interp.core.audio import Samples, silence
from interp.core.speech import SoundFrame, SpeakStep
from interp.core.text import DecodeStep, EncodeStep, Hypothesis
from interp.engine.track import Track

SourceT = TypeVar("SourceT")
TargetT = TypeVar("TargetT")


@dataclass(slots=True)
class Work(Generic[SourceT, TargetT]):
    """Model work of one decision: encode what is new (None: nothing), then continue the prefix."""

    encode: EncodeStep[SourceT] | None
    decode: DecodeStep[TargetT]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a Work. compute_ms: model time spent on it."""

    hypothesis: Hypothesis
    compute_ms: float


@dataclass(frozen=True, slots=True)
class Sound:
    """What came of a SpeakStep. compute_ms: model time spent on it."""

    frames: tuple[SoundFrame, ...]
    compute_ms: float


AnyWork: TypeAlias = Work[SourceT, TargetT] | SpeakStep[Any]
AnyAnswer: TypeAlias = Answer | Sound


@dataclass(slots=True)
class Segment(Generic[SourceT, TargetT]):
    """The open segment. waiting: audio that the encoder has not been given; sealed: it got all."""

    number: int
    start_sample: int
    source: SourceT
    tracks: list[Track[TargetT]]
    waiting: list[Samples]
    voiced_samples: int = 0
    sealed: bool = False

    def unencoded(self, *, finished: bool) -> EncodeStep[SourceT] | None:
        """The audio that waits, as one step; with finished, the segment's last."""
        if self.sealed or not (self.waiting or finished):
            return None
        audio = np.concatenate(self.waiting) if self.waiting else silence(0)
        self.waiting, self.sealed = [], finished
        return EncodeStep(self.source, audio, finished)
