"""Made speech on disk: 16 bit at 24 kHz, known by the checksum of its samples."""

import hashlib
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from interp.core.audio import TARGET_RATE_HZ, Samples

FULL = 32_767


def write_recording(path: Path, samples: Samples) -> str:
    """Write speech [sample] at 24 kHz, WAV or FLAC by the file's name; its checksum."""
    pcm: NDArray[np.int16] = np.rint(np.clip(samples, -1.0, 1.0) * FULL).astype("<i2")
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, pcm, TARGET_RATE_HZ, subtype="PCM_16")
    return _checksum(pcm)


def recorded_checksum(path: Path) -> str:
    """sha256 of a file's samples as 16 bit, as hex: the same for a WAV and a FLAC of them."""
    pcm, _ = soundfile.read(path, dtype="int16")
    return _checksum(pcm)


def _checksum(pcm: NDArray[np.int16]) -> str:
    return hashlib.sha256(np.ascontiguousarray(pcm, "<i2").tobytes()).hexdigest()
