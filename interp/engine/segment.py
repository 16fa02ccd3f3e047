"""The open segment of a session: its audio on the way to the encoder."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from interp.core.audio import Samples, silence
from interp.core.translator import EncodeStep


@dataclass(slots=True)
class Segment:
    """number: counted from 0. source: the translator's own state; all who write of it share it.

    anew_ms: as EncodeStep. heard: its audio, piece by piece, with how much of each is voiced; the
    encoder has not been given what comes from piece `given` on. sealed: it got all.
    """

    number: int
    start_sample: int
    source: Any
    anew_ms: int = 0
    heard: list[tuple[Samples, int]] = field(default_factory=list)
    given: int = 0
    voiced_samples: int = 0
    sealed: bool = False

    def hear(self, audio: Samples, voiced_samples: int) -> None:
        """More audio, of which so much is voiced."""
        self.heard.append((audio, voiced_samples))
        self.voiced_samples += voiced_samples

    def rest(self, number: int, source: Any, begin_sample: int) -> "Segment":
        """What was heard from this sample of the stream on, as a segment of its own."""
        rest = Segment(number, begin_sample, source, self.anew_ms)
        for audio, voiced_samples in self._heard_from(begin_sample):
            rest.hear(audio, voiced_samples)
        return rest

    def voiced_from(self, begin_sample: int) -> int:
        """Voiced samples from this sample of the stream on."""
        return sum(voiced_samples for _, voiced_samples in self._heard_from(begin_sample))

    def _heard_from(self, begin_sample: int) -> Iterator[tuple[Samples, int]]:
        at = self.start_sample
        for audio, voiced_samples in self.heard:
            at += audio.size
            if at > begin_sample:
                kept = min(audio.size, at - begin_sample)
                yield audio[audio.size - kept :], voiced_samples * kept // audio.size

    def unencoded(self, *, finished: bool) -> EncodeStep[Any] | None:
        """The audio that waits, as one step; with finished, the segment's last."""
        waiting = [audio for audio, _ in self.heard[self.given :]]
        if self.sealed or not (waiting or finished):
            return None
        audio = np.concatenate(waiting) if waiting else silence(0)
        self.given, self.sealed = len(self.heard), finished
        return EncodeStep(self.source, audio, finished, self.anew_ms)
