"""Speech as the speaker learns it: symbols, codes, and where the text stands in every frame."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.numpy import save_file

from interp.models.omni.grid import AUDIO_ROWS


@dataclass(frozen=True, slots=True)
class Coded:
    """One utterance. symbols: ids. at [frame]: see `Placed`. codes [frame, 7]. pace: its tempo."""

    symbols: NDArray[np.int64]
    at: NDArray[np.int64]
    codes: NDArray[np.int64]
    pace: float


@dataclass(frozen=True, slots=True)
class Corpus:
    """Utterances of a language in one set of symbols and the codes of one codec. silence: codes of
    nothing."""

    utterances: tuple[Coded, ...]
    symbols: tuple[str, ...]
    codec: str
    silence: tuple[int, ...]
    language: str = "en"

    @property
    def frames(self) -> int:
        """Frames in all."""
        return sum(len(each.at) for each in self.utterances)


def write_corpus(path: Path, corpus: Corpus) -> None:
    """Write one file; renamed into place when complete."""
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
    }
    partial = path.with_suffix(".partial")
    save_file(tensors, partial, metadata=about)
    partial.rename(path)


def read_corpus(folder: Path) -> Corpus:
    """All files of a folder as one corpus; refuses a mixture of codecs or symbols."""
    parts = [_read(path) for path in sorted(folder.glob("*.safetensors"))]
    if not parts:
        raise ValueError(f"no coded speech in {folder}")
    first = parts[0]
    if any((p.codec, p.symbols) != (first.codec, first.symbols) for p in parts):
        raise ValueError(f"{folder} mixes codecs or symbols")
    return Corpus(
        tuple(each for part in parts for each in part.utterances),
        first.symbols,
        first.codec,
        first.silence,
        first.language,
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
    )
