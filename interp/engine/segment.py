"""The open segment of a session."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from interp.core.audio import Samples, silence
from interp.core.translator import EncodeStep
from interp.engine.track import Track


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
