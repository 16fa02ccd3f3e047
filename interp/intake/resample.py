"""Streaming resampler to 16 kHz with exact sample accounting (libsoxr, HQ).

soxr's stream is aligned: it holds its filter's delay back instead of emitting it, so sample k of
the output is time k / 16000 of the input and the end gives round(n * 16000 / rate) samples.
It works in blocks: output trails input by up to 40 ms at 48 kHz, 115 ms at 8 kHz.
"""

import numpy as np
import soxr

from interp.core.audio import SOURCE_RATE_HZ, Samples


class Resampler:
    """One stream from rate_hz to 16 kHz. Output is the same, to the bit, for any split of input."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._heard_samples = 0
        self._given_samples = 0
        self._stream = (
            None
            if rate_hz == SOURCE_RATE_HZ
            else soxr.ResampleStream(rate_hz, SOURCE_RATE_HZ, 1, dtype="float32", quality="HQ")
        )

    def push(self, samples: Samples) -> Samples:
        """samples [sample] at rate_hz to those at 16 kHz that are certain by now [sample]."""
        if self._stream is None:
            return samples
        self._heard_samples += samples.size
        given: Samples = self._stream.resample_chunk(samples)
        self._given_samples += given.size
        return given

    def finish(self) -> Samples:
        """The rest [sample]; nothing may be pushed after."""
        if self._stream is None:
            return np.zeros(0, np.float32)
        total = resampled_size(self._heard_samples, self._rate_hz)
        rest: Samples = self._stream.resample_chunk(np.zeros(0, np.float32), last=True)
        assert self._given_samples + rest.size == total, (
            f"{self._given_samples + rest.size} samples came out of the resampler, not {total}"
        )
        return rest


def resampled_size(samples: int, rate_hz: int) -> int:
    """Samples at 16 kHz that this many at rate_hz become, rounded half up."""
    return (2 * samples * SOURCE_RATE_HZ + rate_hz) // (2 * rate_hz)
