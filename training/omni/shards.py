"""Aligned speech on disk: one FLAC file of many utterances, and a JSONL file that indexes it.

The index is written last and renamed into place, so a shard that has an index is complete.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from interp.core.audio import TARGET_RATE_HZ, Samples


@dataclass(frozen=True, slots=True)
class Aligned:
    """Speech whose symbols have times.

    samples: 24 kHz. symbols: the teacher's phoneme symbols, or others (`respell.py`). ends: where
    each symbol's sound ends, in samples. pace: tempo asked of the teacher, 1 is its own.
    """

    text: str
    samples: Samples
    symbols: Sequence[str]
    ends: tuple[int, ...]
    pace: float

    def __post_init__(self) -> None:
        if len(self.symbols) != len(self.ends):
            raise ValueError(f"{len(self.ends)} times for {len(self.symbols)} symbols")


def shard_index(folder: Path, number: int) -> Path:
    """The file whose presence says that shard `number` is complete."""
    return folder / f"{number:05d}.jsonl"


def write_shard(index: Path, utterances: Sequence[Aligned]) -> None:
    """Write one shard; a second writing replaces it."""
    audio = np.concatenate([utterance.samples for utterance in utterances])
    soundfile.write(index.with_suffix(".flac"), audio, TARGET_RATE_HZ, subtype="PCM_16")
    lines = [
        json.dumps(
            {
                "text": utterance.text,
                "samples": len(utterance.samples),
                "symbols": utterance.symbols,
                "ends": utterance.ends,
                "pace": utterance.pace,
            },
            ensure_ascii=False,
        )
        for utterance in utterances
    ]
    partial = index.with_suffix(".partial")
    partial.write_text("\n".join(lines) + "\n", "utf-8")
    partial.rename(index)


def read_shard(index: Path) -> Iterator[Aligned]:
    """The utterances of one complete shard, in order."""
    audio, rate_hz = soundfile.read(index.with_suffix(".flac"), dtype="float32")
    if rate_hz != TARGET_RATE_HZ:
        raise ValueError(f"{index}: {rate_hz} Hz, not {TARGET_RATE_HZ}")
    start = 0
    for line in index.read_text("utf-8").splitlines():
        row = json.loads(line)
        samples = audio[start : start + row["samples"]]
        start += row["samples"]
        yield Aligned(row["text"], samples, row["symbols"], tuple(row["ends"]), row["pace"])
