"""Words as tones, each of a pitch of its own: an engine that needs no weights, and its listener."""

from collections.abc import Sequence

import numpy as np

from interp.core.audio import TARGET_RATE_HZ, Samples
from training.data.engine import Speech
from training.data.words import WordTime

WORDS = {
    "one": "um",
    "two": "dois",
    "three": "tres",
    "four": "quatro",
    "five": "cinco",
    "six": "seis",
    "seven": "sete",
    "eight": "oito",
}
WORD_S = 0.25
LOWEST_HZ, STEP = 200.0, 1.3
_WORD_SAMPLES = int(WORD_S * TARGET_RATE_HZ)


class Tones:
    """An `Engine` of eight numbers in English and Portuguese; a word and what it is in the other
    language sound the same."""

    name, licence, repeats = "tones", "CC0-1.0", True
    packages: tuple[str, ...] = ()

    def say(self, text: str) -> Speech:
        """Words of either language as tones at 24 kHz."""
        words = text.split()
        times = [
            WordTime(word, _WORD_SAMPLES * place, _WORD_SAMPLES * (place + 1))
            for place, word in enumerate(words)
        ]
        return Speech(said(words), TARGET_RATE_HZ, tuple(times))


def said(words: Sequence[str]) -> Samples:
    """Tones [sample] at 24 kHz."""
    known = [*WORDS], [*WORDS.values()]
    return np.concatenate([_tone(known[word in known[1]].index(word)) for word in words])


def listened(samples: Samples, language: str) -> str:
    """The words of tones at 24 kHz: of each quarter of a second the word whose pitch is nearest."""
    words = [*(WORDS if language == "en" else WORDS.values())]
    count = round(len(samples) / _WORD_SAMPLES)
    parts = [samples[_WORD_SAMPLES * i : _WORD_SAMPLES * (i + 1)] for i in range(count)]
    return " ".join(words[_nearest(part)] for part in parts)


def _nearest(samples: Samples) -> int:
    spectrum = np.abs(np.fft.rfft(samples, TARGET_RATE_HZ))  # a bin a Hz
    pitch_hz = max(1, int(spectrum.argmax()))
    place = round(np.log(pitch_hz / LOWEST_HZ) / np.log(STEP))
    return int(np.clip(place, 0, len(WORDS) - 1))


def _tone(number: int) -> Samples:
    time_s = np.arange(_WORD_SAMPLES) / TARGET_RATE_HZ
    pitch_hz = LOWEST_HZ * STEP**number
    swell = np.sin(np.pi * time_s / WORD_S)
    tone: Samples = (0.2 * swell * np.sin(2 * np.pi * pitch_hz * time_s)).astype(np.float32)
    return tone
