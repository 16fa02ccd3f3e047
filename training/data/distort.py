"""Speech as it comes from rooms, streets and telephones: for what hears it to be used to."""

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

from interp.core.audio import Samples

TELEPHONE_HZ = (300.0, 3_400.0)
QUIETEST_DB, LOUDEST_DB = 5.0, 25.0
"""Of speech over noise."""
SLOWEST, FASTEST = 0.9, 1.1
LONGEST_ECHO_S = 0.4
LONGEST_PAUSE_S = 1.0


@dataclass(frozen=True, slots=True)
class Distortion:
    """How likely each is, on its own, for a recording."""

    noise: float = 0.5
    room: float = 0.3
    speed: float = 0.3
    telephone: float = 0.2


def distorted(
    samples: Samples, rate_hz: int, kinds: Distortion, rng: np.random.Generator
) -> Samples:
    """Speech [sample] with what chance adds to it, in the order in which it would be added."""
    if rng.random() < kinds.speed:
        samples = at_speed(samples, rng.uniform(SLOWEST, FASTEST))
    if rng.random() < kinds.room:
        samples = in_a_room(samples, rate_hz, rng.uniform(0.1, LONGEST_ECHO_S), rng)
    if rng.random() < kinds.noise:
        samples = with_noise(samples, rng.uniform(QUIETEST_DB, LOUDEST_DB), rng)
    if rng.random() < kinds.telephone:
        samples = by_telephone(samples, rate_hz)
    return samples


def chance_of(name: str, seed: int = 0) -> np.random.Generator:
    """The same chance for the same entry, whatever comes before it."""
    digest = hashlib.sha256(f"{seed} {name}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))


def with_pause(samples: Samples, rate_hz: int, rng: np.random.Generator) -> Samples:
    """Followed by silence, as a segment is whose end a session has to hear."""
    silent = np.zeros(int(rng.uniform(0.0, LONGEST_PAUSE_S) * rate_hz), np.float32)
    return np.concatenate([samples, silent])


def with_noise(samples: Samples, over_db: float, rng: np.random.Generator) -> Samples:
    """Pink noise, `over_db` quieter than the speech."""
    spectrum = np.fft.rfft(rng.standard_normal(len(samples)))
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    noise = np.fft.irfft(spectrum, len(samples))
    wanted = _level(samples) * 10 ** (-over_db / 20)
    out: Samples = (samples + noise * wanted / max(_level(noise), 1e-9)).astype(np.float32)
    return out


def in_a_room(samples: Samples, rate_hz: int, echo_s: float, rng: np.random.Generator) -> Samples:
    """With an echo that has fallen by 60 dB after `echo_s`; as loud as before."""
    taps = int(echo_s * rate_hz)
    decay = 10.0 ** (-3 * np.arange(taps) / taps)
    response = rng.standard_normal(taps) * decay * 0.1
    response[0] = 1.0
    size = len(samples) + taps - 1
    wet = np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(response, size), size)
    wet = wet[: len(samples)]
    out: Samples = (wet * _level(samples) / max(_level(wet), 1e-9)).astype(np.float32)
    return out


def at_speed(samples: Samples, times: float) -> Samples:
    """Faster, and as much higher, by `times`."""
    out: Samples = soxr.resample(samples, times, 1.0).astype(np.float32)
    return out


def by_telephone(samples: Samples, rate_hz: int) -> Samples:
    """Nothing below 300 Hz or above 3400."""
    spectrum = np.fft.rfft(samples)
    pitch_hz = np.fft.rfftfreq(len(samples), 1 / rate_hz)
    spectrum[(pitch_hz < TELEPHONE_HZ[0]) | (pitch_hz > TELEPHONE_HZ[1])] = 0
    out: Samples = np.fft.irfft(spectrum, len(samples)).astype(np.float32)
    return out


def _level(samples: NDArray[Any]) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if len(samples) else 0.0
