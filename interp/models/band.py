"""How much of the band up to 8 kHz a stream at 16 kHz uses: that of a telephone line ends below 4.

What comes over such a line is to be heard as what it is, sound at 8 kHz.
"""

from dataclasses import dataclass

import numpy as np

from interp.core.audio import SOURCE_RATE_HZ, VAD_FRAME_SAMPLES, Samples

HALVED_TAPS = 63
_PASSED_HZ, _HIGH_HZ = 3_700, 4_400
NARROW_RATIO = 10**-5.2
"""Loudest power above 4.4 kHz to loudest power. Of wide speech it is -47 dB and more once so much
was heard (120 prompts in two languages), of telephone speech mostly -60 and less."""
LOUD_RATIO = 10**-1.5
LOUD_FRAMES = 4
"""So many frames of this power, to the loudest, have to be heard before a stream is judged."""
LEAST_POWER = 1e-6
DECAY = 0.5 ** (1 / 156)
"""The loudest is forgotten by half in 5 s, so that another line is heard as another."""


@dataclass(frozen=True, slots=True)
class Band:
    """loudest, loudest_high: power of the loudest frame, whole and above 4.4 kHz. loud_frames:
    frames of about that power, up to LOUD_FRAMES."""

    loudest: float = LEAST_POWER
    loudest_high: float = 0.0
    loud_frames: int = 0

    @property
    def judged(self) -> bool:
        """Whether enough was heard to tell."""
        return self.loud_frames == LOUD_FRAMES

    @property
    def narrow(self) -> bool:
        """Whether nothing above 4 kHz comes over this line."""
        return self.judged and self.loudest_high < NARROW_RATIO * self.loudest

    def hear(self, frame: Samples) -> "Band":
        """After a frame [512]."""
        power = np.square(np.abs(np.fft.rfft(frame * _WINDOW))) * _SCALE
        whole, high = float(power.sum()), float(power[_HIGH_BIN:].sum())
        loudest = max(whole, self.loudest * DECAY, LEAST_POWER)
        loud_frames = min(self.loud_frames + (whole >= LOUD_RATIO * loudest), LOUD_FRAMES)
        return Band(loudest, max(high, self.loudest_high * DECAY), loud_frames)


def halve(samples: Samples) -> Samples:
    """What a stream is at 8 kHz, [sample] to [(sample - 62) / 2]: the rest wants what follows."""
    halved: Samples = np.convolve(samples, _LOW_PASS, "valid")[::2]
    return halved


def _low_pass() -> Samples:
    """A windowed sinc, [tap]."""
    places = np.arange(HALVED_TAPS) - HALVED_TAPS // 2
    taps = np.sinc(2 * _PASSED_HZ / SOURCE_RATE_HZ * places) * np.hamming(HALVED_TAPS)
    low: Samples = (taps / taps.sum()).astype(np.float32)
    return low


_LOW_PASS = _low_pass()
_WINDOW = np.hanning(VAD_FRAME_SAMPLES)
_SCALE = 2 / VAD_FRAME_SAMPLES / float(np.square(_WINDOW).sum())
_HIGH_BIN = _HIGH_HZ * VAD_FRAME_SAMPLES // SOURCE_RATE_HZ
