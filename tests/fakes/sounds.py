"""Sounds that are not speech, made from a seed: what a line carries while nobody talks.

Each returns float32 samples [sample] at 16 kHz; levels are RMS relative to full scale.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from interp.core.audio import SOURCE_RATE_HZ, Samples

_BEAT_S = 0.5
_CHORDS = ((0, 4, 7, 11), (9, 12, 16, 19), (5, 9, 12, 16), (7, 11, 14, 17))  # I vi IV V, semitones
_ROOT_HZ = 261.63


def at_level(sound: NDArray[np.float64], level_db: float) -> Samples:
    """The sound scaled to this RMS level in dB below (negative) full scale."""
    rms = float(np.sqrt(np.mean(sound**2)))
    return np.clip(sound / rms * 10 ** (level_db / 20), -1, 1).astype(np.float32)


def white_noise(seconds: float, level_db: float, seed: int = 0) -> Samples:
    """Flat-spectrum noise."""
    random = np.random.default_rng(seed)
    return at_level(random.standard_normal(round(seconds * SOURCE_RATE_HZ)), level_db)


def pink_noise(seconds: float, level_db: float, seed: int = 0) -> Samples:
    """Noise whose power falls by 3 dB an octave, like a room."""
    random = np.random.default_rng(seed)
    spectrum = np.fft.rfft(random.standard_normal(round(seconds * SOURCE_RATE_HZ)))
    spectrum /= np.sqrt(np.maximum(np.arange(spectrum.size), 1))
    return at_level(np.fft.irfft(spectrum, round(seconds * SOURCE_RATE_HZ)), level_db)


def mains_hum(seconds: float, level_db: float) -> Samples:
    """50 Hz and its odd harmonics."""
    time = np.arange(round(seconds * SOURCE_RATE_HZ)) / SOURCE_RATE_HZ
    harmonics = [np.sin(2 * np.pi * 50 * k * time) / k for k in (1, 3, 5, 7, 9)]
    return at_level(np.sum(harmonics, axis=0), level_db)


def hold_music(seconds: float, level_db: float, style: str = "arpeggio", seed: int = 0) -> Samples:
    """Chord progression over a beat. style: arpeggio, pads, melody (vibrato lead) or drums."""
    random = np.random.default_rng(seed)
    track = np.zeros(round((seconds + 8) * SOURCE_RATE_HZ))
    for beat in range(int(seconds / _BEAT_S) + 1):
        chord = _CHORDS[beat // 4 % len(_CHORDS)]
        start = round(beat * _BEAT_S * SOURCE_RATE_HZ)
        for offset, sound in _STYLES[style](beat, chord, random):
            begin = start + round(offset * SOURCE_RATE_HZ)
            track[begin : begin + sound.size] += sound
    return at_level(track[: round(seconds * SOURCE_RATE_HZ)], level_db)


_Placed = list[tuple[float, NDArray[np.float64]]]
_Chord = tuple[int, ...]


def _note(
    semitone: float, length_s: float, decay_s: float, vibrato: float = 0.0
) -> NDArray[np.float64]:
    """A plucked or bowed tone with six harmonics, 15 ms attack and exponential decay."""
    time = np.arange(round(length_s * SOURCE_RATE_HZ)) / SOURCE_RATE_HZ
    phase = 2 * np.pi * _ROOT_HZ * 2 ** (semitone / 12) * time
    phase = phase + vibrato * np.sin(2 * np.pi * 5.5 * time)
    tone = np.zeros(time.size)
    for k in range(1, 7):
        tone += np.sin(k * phase) / k**1.5 * np.minimum(1, time / 0.015) * np.exp(-time / decay_s)
    return tone


def _arpeggio(beat: int, chord: _Chord, _: np.random.Generator) -> _Placed:
    return [(i * _BEAT_S / 4, _note(chord[i] + 12 * (beat % 2), 0.6, 0.25)) for i in range(4)]


def _pads(beat: int, chord: _Chord, _: np.random.Generator) -> _Placed:
    if beat % 4:
        return []
    return [(0.0, _note(tone - 12, 4 * _BEAT_S, 3.0, vibrato=0.3)) for tone in chord]


def _melody(beat: int, chord: _Chord, random: np.random.Generator) -> _Placed:
    lead = int(random.choice(chord)) + 12
    bass = _note(chord[0] - 24, 0.5, 0.4)
    return [(0.0, _note(lead, 0.5, 0.8, vibrato=0.8)), (0.0, bass)]


def _drums(beat: int, chord: _Chord, random: np.random.Generator) -> _Placed:
    time = np.arange(round(0.25 * SOURCE_RATE_HZ)) / SOURCE_RATE_HZ
    kick = 3 * np.sin(2 * np.pi * 55 * time) * np.exp(-time / 0.06)
    snare = random.standard_normal(time.size) * np.exp(-time / 0.05)
    hat = 0.4 * random.standard_normal(time.size) * np.exp(-time / 0.015)
    hit = snare if beat % 2 else kick
    return [(0.0, hit), (0.0, hat), (_BEAT_S / 2, hat), *_arpeggio(beat, chord, random)]


_STYLES: dict[str, Callable[[int, _Chord, np.random.Generator], _Placed]] = {
    "arpeggio": _arpeggio,
    "pads": _pads,
    "melody": _melody,
    "drums": _drums,
}
