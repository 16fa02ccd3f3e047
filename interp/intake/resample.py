"""Streaming resampler to 16 kHz with exact sample accounting (libsoxr, HQ).

soxr's stream is aligned: it holds its filter's delay back instead of emitting it, so sample k of
the output is time k / 16000 of the input and the end gives round(n * 16000 / rate) samples.
It works in blocks: output trails input by up to 40 ms at 48 kHz, 115 ms at 8 kHz.
"""

import math

import numpy as np
import soxr

from interp.core.audio import SOURCE_RATE_HZ, Samples


class Resampler:
    """One stream from rate_hz to 16 kHz. Output is the same, to the bit, for any split of input."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._heard_samples = 0
        self._given_samples = self._again_samples = 0
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
        return self._count(self._stream.resample_chunk(samples))

    def restore(self, tail: Samples, heard_samples: int, given_samples: int) -> Samples:
        """Go on where another resampler was, to the accuracy of a float; what is certain by now.

        tail: the last samples that it was given, of heard_samples in all; given_samples: those that
        came out of it.
        """
        if self._stream is None:
            return np.zeros(0, np.float32)
        period = period_of(self._rate_hz)
        start = -(-(heard_samples - tail.size) // period) * period  # where ours and theirs coincide
        begun_samples = start * SOURCE_RATE_HZ // self._rate_hz
        self._heard_samples, self._given_samples = heard_samples, given_samples
        self._again_samples = given_samples - begun_samples
        return self._count(self._stream.resample_chunk(tail[tail.size - (heard_samples - start) :]))

    def _count(self, given: Samples) -> Samples:
        """Of what comes out, what was not given before."""
        again = min(self._again_samples, given.size)
        self._again_samples -= again
        self._given_samples += given.size - again
        return given[again:]

    def finish(self) -> Samples:
        """The rest [sample]; nothing may be pushed after."""
        if self._stream is None:
            return np.zeros(0, np.float32)
        total = resampled_size(self._heard_samples, self._rate_hz)
        rest = self._count(self._stream.resample_chunk(np.zeros(0, np.float32), last=True))
        assert self._given_samples == total, (
            f"{self._given_samples} samples came out of the resampler, not {total}"
        )
        return rest


def period_of(rate_hz: int) -> int:
    """Samples at rate_hz after which one of them and one of ours coincide again."""
    return rate_hz // math.gcd(rate_hz, SOURCE_RATE_HZ)


def resampled_size(samples: int, rate_hz: int) -> int:
    """Samples at 16 kHz that this many at rate_hz become, rounded half up."""
    return (2 * samples * SOURCE_RATE_HZ + rate_hz) // (2 * rate_hz)
