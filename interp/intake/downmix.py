"""Any number of channels to one, such that speech is never cancelled.

Two channels are averaged; where one is the other upside down (a miswired line) their mean is
silence, and the louder one is taken. More are weighted by place: the centre carries the speech.
"""

import numpy as np
from numpy.typing import NDArray

from interp.core.audio import Samples

_CANCELS = 0.02  # energy of the mean to that of a channel, -17 dB: no stereo mix comes near it
_HEARD = 1e-7  # mean square of a channel, -70 dB: less is silence, of which nothing is judged
_WEIGHTS = {"FC": 1.0, "FL": 0.5, "FR": 0.5, "LFE": 0.0}
_SURROUND = 0.25


class Downmix:
    """One stream of [channel, sample] to [sample], by whole seconds: any split gives the same.

    channels: FFmpeg's names of them, such as FL, FR. cancelled_at: the sample from which a channel
    had to be taken alone, None so far.
    """

    def __init__(self, channels: tuple[str, ...], rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._count = len(channels)
        self._weights = np.array([_WEIGHTS.get(name, _SURROUND) for name in channels], np.float32)
        self._block = np.zeros((self._count, 0), np.float32)
        self._given_samples = 0
        self.cancelled_at: int | None = None

    def push(self, samples: NDArray[np.float32]) -> Samples:
        """samples [channel, sample] to the mono samples that are certain by now [sample]."""
        if self._count != 2:
            return self._mixed(samples)
        self._block = np.concatenate([self._block, samples], axis=1)
        whole = self._block.shape[1] // self._rate_hz * self._rate_hz
        ready, self._block = self._block[:, :whole], self._block[:, whole:]
        seconds = np.split(ready, range(self._rate_hz, whole, self._rate_hz), axis=1)
        folded: Samples = np.concatenate([self._folded(second) for second in seconds])
        return folded

    def finish(self) -> Samples:
        """The rest [sample]."""
        return self._folded(self._block) if self._count == 2 else np.zeros(0, np.float32)

    def _mixed(self, samples: NDArray[np.float32]) -> Samples:
        """One channel as it is; more by their places, limited to full scale."""
        if self._count == 1:
            only: Samples = samples[0]
            return only
        if not self._weights.any():
            return np.asarray(samples.mean(axis=0), np.float32)
        return np.asarray(np.clip(self._weights @ samples, -1, 1), np.float32)

    def _folded(self, pair: NDArray[np.float32]) -> Samples:
        """Two channels of a second or less."""
        mean: Samples = pair.mean(axis=0, dtype=np.float32)
        if pair.shape[1]:
            energies = np.square(pair, dtype=np.float64).mean(axis=1)
            left_over = np.square(mean, dtype=np.float64).mean()
            if energies.min() > _HEARD and left_over < _CANCELS * energies.min():
                if self.cancelled_at is None:
                    self.cancelled_at = self._given_samples
                mean = pair[int(energies.argmax())]
        self._given_samples += mean.size
        return mean
