"""Who tells what a model said: a recogniser that had no part in its training."""

from collections.abc import Callable
from functools import cache

from interp.core.audio import TARGET_RATE_HZ, Samples
from training.asr import WhisperListener
from training.data.tones_engine import listened

Judge = Callable[[Samples, str], str]
"""Speech at 24 kHz and its language to its words."""
TONES = "tones"


def judge(name: str) -> Judge:
    """`tones`, for tones; else a Whisper of the catalogue, which is read when it first listens."""
    if name == TONES:
        return listened
    listener = cache(WhisperListener)
    return lambda samples, language: listener(language, name).transcribe(samples, TARGET_RATE_HZ)
