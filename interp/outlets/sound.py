"""Target speech as a WAV file on the target timeline: the gaps are silence."""

import wave
from pathlib import Path

import numpy as np

from interp.core.audio import TARGET_RATE_HZ, Samples, silence
from interp.core.events import Event, TargetSpeech

SAMPLES_PER_MS = TARGET_RATE_HZ // 1000
FULL_SCALE = 32_767


def pcm16(samples: Samples) -> bytes:
    """Samples [sample] in [-1, 1] as little-endian 16-bit PCM."""
    return (np.clip(samples, -1, 1) * FULL_SCALE).round().astype("<i2").tobytes()


class SpeechFile:
    """Writes speech as it comes: mono, 24 kHz, 16 bits. Use as `with`."""

    def __init__(self, path: Path) -> None:
        self._file = wave.open(str(path), "wb")  # noqa: SIM115  closed by __exit__
        self._file.setnchannels(1)
        self._file.setsampwidth(2)
        self._file.setframerate(TARGET_RATE_HZ)
        self._samples = 0

    def __enter__(self) -> "SpeechFile":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def take(self, event: Event) -> None:
        """Put target speech in its place; other events pass by."""
        if not isinstance(event, TargetSpeech):
            return
        gap = event.offset_ms * SAMPLES_PER_MS - self._samples
        if gap > SAMPLES_PER_MS:  # offsets are rounded down to the ms: less is no gap
            self.append(silence(gap))
        self.append(event.samples)

    def append(self, samples: Samples) -> None:
        """Write samples at 24 kHz [sample]."""
        self._file.writeframes(pcm16(samples))
        self._samples += samples.size
