"""Audio arithmetic: the rates of the path and exact conversions between samples, frames and time.

Inside the service time is an integer count of samples at 16 kHz (source) or 24 kHz (target);
milliseconds appear only at the edges.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Samples: TypeAlias = NDArray[np.float32]
"""Mono PCM in [-1, 1], shape [sample]."""


def exact_div(numerator: int, denominator: int) -> int:
    """Integer quotient; refuses a remainder, so that a derived rate is exact or an error."""
    quotient, remainder = divmod(numerator, denominator)
    if remainder:
        raise ValueError(f"{numerator} is not a multiple of {denominator}")
    return quotient


SOURCE_RATE_HZ = 16_000
SAMPLES_PER_MS = exact_div(SOURCE_RATE_HZ, 1000)
VAD_FRAME_SAMPLES = 512  # 32 ms, the frame of Silero's 16 kHz model; the session's decision clock
VAD_FRAME_MS = exact_div(VAD_FRAME_SAMPLES, SAMPLES_PER_MS)

MEL_HOP_SAMPLES = 160  # 10 ms
ENCODER_FRAME_SAMPLES = 2 * MEL_HOP_SAMPLES  # 20 ms: one Whisper encoder position
ENCODER_FRAME_MS = exact_div(ENCODER_FRAME_SAMPLES, SAMPLES_PER_MS)
WINDOW_SAMPLES = 30 * SOURCE_RATE_HZ  # Whisper's window
WINDOW_FRAMES = exact_div(WINDOW_SAMPLES, ENCODER_FRAME_SAMPLES)  # 1500

TARGET_RATE_HZ = 24_000
SNAC_FRAME_SAMPLES = 2048  # one coarse frame at 24 kHz, 85.33 ms

SPEECH_LEVEL_DB = -16.0
"""RMS of a voice against full scale, unless it is set otherwise: that of other speech."""
LOUD = 0.7
"""Where `louder` begins to bend."""

PCM16_BYTES = 2
PCM16_FULL_SCALE = 32_768


def samples_to_ms(samples: int) -> int:
    """Source samples (16 kHz) to whole milliseconds, rounded down."""
    return samples // SAMPLES_PER_MS


def ms_to_samples(ms: int) -> int:
    """Whole milliseconds to source samples (16 kHz)."""
    return ms * SAMPLES_PER_MS


def target_samples_to_ms(samples: int) -> int:
    """Target samples (24 kHz) to whole milliseconds, rounded down."""
    return samples * 1000 // TARGET_RATE_HZ


def louder(samples: Samples, gain: float) -> Samples:
    """Samples times `gain`, exact up to LOUD and bent above, so that none reaches full scale.

    Each sample by itself, so that any split gives the same.
    """
    wanted = samples * np.float32(gain)
    size = np.abs(wanted)
    room = np.float32(1.0 - LOUD)
    bent = LOUD + room * np.tanh((size - LOUD) / room)
    return np.where(size > LOUD, np.copysign(bent, wanted), wanted).astype(np.float32)


def to_pcm16(samples: Samples) -> bytes:
    """Samples [sample] as little-endian 16-bit PCM; exact for what `from_pcm16` gave.

    What is beyond full scale is clipped.
    """
    scaled = np.rint(samples * PCM16_FULL_SCALE)
    return np.clip(scaled, -PCM16_FULL_SCALE, PCM16_FULL_SCALE - 1).astype("<i2").tobytes()


def from_pcm16(content: bytes) -> Samples:
    """Little-endian 16-bit PCM, whole samples, as samples [sample] in [-1, 1)."""
    return np.frombuffer(content, "<i2").astype(np.float32) / np.float32(PCM16_FULL_SCALE)


def silence(samples: int) -> Samples:
    """Digital silence, shape [samples]."""
    return np.zeros(samples, np.float32)
