"""Any number of channels to one, such that speech is never cancelled.

Two channels are averaged, more are weighted by place: the centre carries the speech. Where they
are each other upside down (a miswired line) the sum is silence, and the loudest one is taken.
"""

import numpy as np
from numpy.typing import NDArray

from interp.core.audio import Samples

_CANCELS = 0.1  # energy of a sum to what unrelated channels would have: no stereo mix is so low
_HEARD = 1e-7  # mean square of a weighted channel, -70 dB: less is silence, not judged
_WEIGHTS = {"FC": 1.0, "FL": 0.5, "FR": 0.5, "DL": 0.5, "DR": 0.5, "LFE": 0.0}
_SURROUND = 0.25


class Downmix:
    """One stream of [channel, sample] to [sample], by whole seconds: any split gives the same.

    channels: FFmpeg's names of them, such as FL, FR. cancelled_at: the sample from which a channel
    had to be taken alone, None so far.
    """

    def __init__(self, channels: tuple[str, ...], rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._count = len(channels)
        weights = np.array([_WEIGHTS.get(name, _SURROUND) for name in channels], np.float32)
        self._weights = weights if weights.any() else np.full_like(weights, 1 / self._count)
        self._block = np.zeros((self._count, 0), np.float32)
        self._given_samples = 0
        self.cancelled_at: int | None = None

    def push(self, samples: NDArray[np.float32]) -> Samples:
        """samples [channel, sample] to the mono samples that are certain by now [sample]."""
        if self._count == 1:
            only: Samples = samples[0]
            return only
        self._block = np.concatenate([self._block, samples], axis=1)
        whole = self._block.shape[1] // self._rate_hz * self._rate_hz
        ready, self._block = self._block[:, :whole], self._block[:, whole:]
        seconds = np.split(ready, range(self._rate_hz, whole, self._rate_hz), axis=1)
        folded: Samples = np.concatenate([self._folded(second) for second in seconds])
        return folded

    def finish(self) -> Samples:
        """The rest [sample]."""
        return np.zeros(0, np.float32) if self._count == 1 else self._folded(self._block)

    def _folded(self, block: NDArray[np.float32]) -> Samples:
        """A second or less, limited to full scale."""
        mono = np.asarray(np.clip(self._weights @ block, -1, 1), np.float32)
        if block.shape[1]:
            energies = np.square(block, dtype=np.float64).mean(axis=1) * self._weights**2
            left_over = np.square(mono, dtype=np.float64).mean()
            if energies.max() > _HEARD and left_over < _CANCELS * energies.sum():
                if self.cancelled_at is None:
                    self.cancelled_at = self._given_samples
                mono = block[int(energies.argmax())]
        self._given_samples += mono.size
        return mono
