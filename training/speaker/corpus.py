"""Speech as the speaker learns it: symbols, codes, and where the text stands in every frame."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.numpy import save_file

from interp.models.omni.grid import AUDIO_ROWS


@dataclass(frozen=True, slots=True)
class Coded:
    """One utterance. symbols: ids. at [frame]: see `Placed`. codes [frame, 7]. pace: its tempo.
    voice: number of who speaks among the corpus' voices."""

    symbols: NDArray[np.int64]
    at: NDArray[np.int64]
    codes: NDArray[np.int64]
    pace: float
    voice: int = 0


@dataclass(frozen=True, slots=True)
class Corpus:
    """Utterances of a language in one set of symbols and the codes of one codec. silence: codes of
    nothing. voices: names of who speaks, where they are to be told apart."""

    utterances: tuple[Coded, ...]
    symbols: tuple[str, ...]
    codec: str
    silence: tuple[int, ...]
    language: str = "en"
    voices: tuple[str, ...] = ()

    @property
    def frames(self) -> int:
        """Frames in all."""
        return sum(len(each.at) for each in self.utterances)


def write_corpus(path: Path, corpus: Corpus) -> None:
    """Write one file, of one voice; renamed into place when complete."""
    assert len(corpus.voices) <= 1, "a file holds what one voice says"
    each = corpus.utterances
    tensors: dict[str, NDArray[Any]] = {
        "symbols": np.concatenate([one.symbols for one in each]).astype(np.uint16),
        "symbol_counts": np.array([len(one.symbols) for one in each], np.int32),
        "at": np.concatenate([one.at for one in each]).astype(np.int16),
        "codes": np.concatenate([one.codes for one in each]).astype(np.int16),
        "frame_counts": np.array([len(one.at) for one in each], np.int32),
        "pace": np.array([one.pace for one in each], np.float32),
    }
    silence = " ".join(map(str, corpus.silence))
    symbols = json.dumps(corpus.symbols, ensure_ascii=False)
    about = {
        "symbols": symbols,
        "codec": corpus.codec,
        "silence": silence,
        "language": corpus.language,
        "voice": "".join(corpus.voices),
    }
    partial = path.with_suffix(".partial")
    save_file(tensors, partial, metadata=about)
    partial.rename(path)


def read_corpus(folder: Path) -> Corpus:
    """All files of a folder as one corpus; refuses a mixture of codecs or symbols, and of speech
    whose voice is named with speech whose voice is not."""
    parts = [_read(path) for path in sorted(folder.glob("*.safetensors"))]
    if not parts:
        raise ValueError(f"no coded speech in {folder}")
    first = parts[0]
    if any((p.codec, p.symbols) != (first.codec, first.symbols) for p in parts):
        raise ValueError(f"{folder} mixes codecs or symbols")
    if any(bool(p.voices) != bool(first.voices) for p in parts):
        raise ValueError(f"{folder} names the voice of some speech and not of all")
    voices = sorted({name for part in parts for name in part.voices})
    numbers = [voices.index(part.voices[0]) if voices else 0 for part in parts]
    return replace(
        first,
        utterances=tuple(
            replace(each, voice=number)
            for part, number in zip(parts, numbers, strict=True)
            for each in part.utterances
        ),
        voices=tuple(voices),
    )


def _read(path: Path) -> Corpus:
    with safe_open(path, framework="numpy") as file:
        about = file.metadata()
        symbols, at, codes = (
            file.get_tensor(name).astype(np.int64) for name in ("symbols", "at", "codes")
        )
        symbol_ends = np.cumsum(file.get_tensor("symbol_counts"))[:-1]
        frame_ends = np.cumsum(file.get_tensor("frame_counts"))[:-1]
        pace = file.get_tensor("pace").tolist()
    if codes.shape[1] != AUDIO_ROWS:
        raise ValueError(f"{path}: {codes.shape[1]} codes a frame")
    parts = zip(
        np.split(symbols, symbol_ends),
        np.split(at, frame_ends),
        np.split(codes, frame_ends),
        pace,
        strict=True,
    )
    silence = tuple(int(code) for code in about["silence"].split())
    return Corpus(
        tuple(Coded(*part) for part in parts),
        tuple(json.loads(about["symbols"])),
        about["codec"],
        silence,
        about.get("language", "en"),
        (about["voice"],) if about.get("voice") else (),
    )
