"""The original under the interpretation: quieter while it is spoken, and back in its pauses."""

from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

from interp.core.audio import SOURCE_RATE_HZ, TARGET_RATE_HZ, Samples, silence

RISE_S = 0.25
FALL_S = 0.1
"""How long the original takes to come back after speech, and to go before it."""

DUCKED_DB = 14.0
"""How much quieter it is in a video's sound: a fifth of its level."""


def share(since: NDArray[Any], until: NDArray[Any], rate_hz: int) -> Samples:
    """How much of the original is back [sample], 0 to 1, so far after and before speech."""
    back = np.minimum(since / (RISE_S * rate_hz), until / (FALL_S * rate_hz))
    return np.clip(back, 0.0, 1.0).astype(np.float32)


class Underlay:
    """What was spoken, beside the target timeline from its start."""

    def __init__(self, samples: Samples, under_db: float) -> None:
        """samples: 16 kHz mono [sample]. under_db: how much quieter it is under speech."""
        self._samples = np.asarray(
            soxr.resample(samples, SOURCE_RATE_HZ, TARGET_RATE_HZ), np.float32
        )
        self._low = float(10 ** (-under_db / 20))

    @property
    def length(self) -> int:
        """Samples at 24 kHz."""
        return self._samples.size

    def under(self, speech: Samples, at: int) -> Samples:
        """Speech that sounds at sample `at` of the timeline, with the original under it."""
        return speech + self._low * self._from(at, speech.size)

    def between(self, size: int, at: int) -> Samples:
        """The original where nobody speaks for `size` samples, on its way up and down again."""
        back = share(np.arange(1, size + 1), np.arange(size, 0, -1), TARGET_RATE_HZ)
        return (self._low + (1 - self._low) * back) * self._from(at, size)

    def _from(self, at: int, size: int) -> Samples:
        heard = self._samples[at : at + size]
        return np.concatenate((heard, silence(size - heard.size)))
