"""The open segment of a session: its audio on the way to the encoder."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from interp.core.audio import Samples, silence
from interp.core.translator import EncodeStep


@dataclass(slots=True)
class Segment:
    """number: counted from 0. source: the translator's own state; all who write of it share it.

    waiting: audio that the encoder has not been given; sealed: it got all.
    """

    number: int
    start_sample: int
    source: Any
    waiting: list[Samples] = field(default_factory=list)
    voiced_samples: int = 0
    sealed: bool = False

    def hear(self, audio: Samples, voiced_samples: int) -> None:
        """More audio, of which so much is voiced."""
        self.waiting.append(audio)
        self.voiced_samples += voiced_samples

    def unencoded(self, *, finished: bool) -> EncodeStep[Any] | None:
        """The audio that waits, as one step; with finished, the segment's last."""
        if self.sealed or not (self.waiting or finished):
            return None
        audio = np.concatenate(self.waiting) if self.waiting else silence(0)
        self.waiting, self.sealed = [], finished
        return EncodeStep(self.source, audio, finished)
