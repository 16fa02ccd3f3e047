"""Speech on disk: a shard is one FLAC file of many utterances and a JSONL file that indexes it.

The index is written last and renamed into place, so a shard that has an index is complete.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import soundfile

from interp.core.audio import TARGET_RATE_HZ, Samples
from training.data.words import WordTime

Row: TypeAlias = dict[str, Any]
"""What an index says of one utterance."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One sentence, its speech at 24 kHz [sample] and its words' times in samples."""

    text: str
    samples: Samples
    words: tuple[WordTime, ...]


def shard_index(folder: Path, number: int) -> Path:
    """The file whose presence says that shard `number` is complete."""
    return folder / f"{number:05d}.jsonl"


def write_rows(index: Path, rows: Sequence[Row], speech: Sequence[Samples]) -> None:
    """Write one shard of utterances at 24 kHz; a second writing replaces it."""
    audio = np.concatenate(speech)
    soundfile.write(index.with_suffix(".flac"), audio, TARGET_RATE_HZ, subtype="PCM_16")
    lines = [
        json.dumps(row | {"samples": len(samples)}, ensure_ascii=False)
        for row, samples in zip(rows, speech, strict=True)
    ]
    partial = index.with_suffix(".partial")
    partial.write_text("\n".join(lines) + "\n", "utf-8")
    partial.rename(index)


def read_rows(index: Path) -> Iterator[tuple[Row, Samples]]:
    """The utterances of one complete shard, in order."""
    audio, rate_hz = soundfile.read(index.with_suffix(".flac"), dtype="float32")
    if rate_hz != TARGET_RATE_HZ:
        raise ValueError(f"{index}: {rate_hz} Hz, not {TARGET_RATE_HZ}")
    start = 0
    for line in index.read_text("utf-8").splitlines():
        row: Row = json.loads(line)
        yield row, audio[start : start + row["samples"]]
        start += row["samples"]


def write_shard(index: Path, utterances: Sequence[Utterance]) -> None:
    """As `write_rows`."""
    rows: list[Row] = [
        {"text": one.text, "words": [[w.text, w.start_samples, w.end_samples] for w in one.words]}
        for one in utterances
    ]
    write_rows(index, rows, [one.samples for one in utterances])


def read_shard(index: Path) -> Iterator[Utterance]:
    """As `read_rows`."""
    for row, samples in read_rows(index):
        words = tuple(WordTime(*word) for word in row.get("words", ()))  # aligned speech has none
        yield Utterance(row["text"], samples, words)


def read_shards(folder: Path) -> Iterator[Utterance]:
    """Every utterance of the complete shards of a folder, in order."""
    for index in sorted(folder.glob("*.jsonl")):
        yield from read_shard(index)
