"""Voices to learn from: they say which samples each of their phoneme symbols takes.

Piper's `joe` and any voice of Kokoro; both have a duration model, whose lengths are exact.
"""

from collections.abc import Callable
from typing import Protocol

import numpy as np
import soxr
from piper.config import SynthesisConfig

from interp.core.audio import TARGET_RATE_HZ
from training.data.kokoro_engine import EDGE, Kokoro
from training.data.piper_engine import aligned_voice
from training.data.synthesise import at_level
from training.speaker.shards import Aligned
from training.speaker.timing import START, STOP

LEVEL = 0.08
QUIET = 0.003
"""Samples under this are silence."""
TAIL_SAMPLES = 1_440
"""Silence that is kept after the last sound: Kokoro's is up to half a second."""


class Teacher(Protocol):
    """One voice of one language."""

    def say(self, text: str, pace: float) -> Aligned:
        """Speak `text` at `pace` times the voice's own tempo, at 24 kHz and one level."""


class PiperTeacher:
    """`joe`, English (VITS)."""

    def __init__(self) -> None:
        self._voice = aligned_voice()

    def say(self, text: str, pace: float) -> Aligned:
        """As Teacher.say; the symbols are espeak's."""
        settings = SynthesisConfig(normalize_audio=False, length_scale=1 / pace)
        parts, symbols, ends, end = [], "", [], 0
        for chunk in self._voice.synthesize(text, settings, include_alignments=True):
            parts.append(chunk.audio_float_array)
            for each in chunk.phoneme_alignments or ():
                end += int(each.num_samples)
                symbols += each.phoneme
                ends.append(end)
        rate_hz = self._voice.config.sample_rate
        samples = soxr.resample(np.concatenate(parts), rate_hz, TARGET_RATE_HZ).astype(np.float32)
        scaled = tuple(round(at * TARGET_RATE_HZ / rate_hz) for at in ends)
        return Aligned(text, at_level(samples, LEVEL), symbols, scaled, pace)


class KokoroTeacher:
    """A voice of Kokoro, in its own language."""

    def __init__(self, voice: str) -> None:
        self._engine = Kokoro(voice)

    def say(self, text: str, pace: float) -> Aligned:
        """As Teacher.say; the symbols are Kokoro's."""
        spoken = self._engine.sounds(text, pace)
        symbols = START + spoken.symbols.strip(EDGE) + STOP
        loud = np.flatnonzero(np.abs(spoken.samples) > QUIET)
        stop = int(loud[-1]) + TAIL_SAMPLES if len(loud) else len(spoken.samples)
        ends = tuple(min(end, stop) for end in spoken.ends)
        return Aligned(text, at_level(spoken.samples[:stop], LEVEL), symbols, ends, pace)


def teacher_called(name: str) -> Teacher:
    """`piper-joe`, or `kokoro:` and a voice; raises ValueError for an unknown one."""
    kind, _, voice = name.partition(":")
    teachers: dict[str, Callable[[], Teacher]] = {
        "piper-joe": PiperTeacher,
        "kokoro": lambda: KokoroTeacher(voice),
    }
    if kind not in teachers:
        raise ValueError(f"no teacher {name!r}; there are {', '.join(teachers)}")
    return teachers[kind]()
