"""The open segment of a session, and the model work that it asks for."""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from interp.core.audio import Samples, silence
from interp.core.synthesiser import SoundFrame, SpeakStep
from interp.core.translator import DecodeStep, EncodeStep, Hypothesis
from interp.engine.track import Track


@dataclass(slots=True)
class Work:
    """Model work of one decision: encode what is new (None: nothing), then continue the prefix."""

    encode: EncodeStep[Any] | None
    decode: DecodeStep[Any]


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


AnyWork: TypeAlias = Work | SpeakStep[Any]
AnyAnswer: TypeAlias = Answer | Sound


@dataclass(slots=True)
class Segment:
    """The open segment. waiting: audio that the encoder has not been given; sealed: it got all."""

    number: int
    start_sample: int
    source: Any
    tracks: list[Track]
    waiting: list[Samples]
    voiced_samples: int = 0
    sealed: bool = False

    def unencoded(self, *, finished: bool) -> EncodeStep[Any] | None:
        """The audio that waits, as one step; with finished, the segment's last."""
        if self.sealed or not (self.waiting or finished):
            return None
        audio = np.concatenate(self.waiting) if self.waiting else silence(0)
        self.waiting, self.sealed = [], finished
        return EncodeStep(self.source, audio, finished)
