"""Speech on disk: a shard is one FLAC file of many utterances and a JSONL file that indexes it.

The index is written last and renamed into place, so a shard that has an index is complete.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from interp.core.audio import TARGET_RATE_HZ, Samples
from training.data.words import WordTime


@dataclass(frozen=True, slots=True)
class Utterance:
    """One sentence, its speech at 24 kHz [sample] and its words' times in samples."""

    text: str
    samples: Samples
    words: tuple[WordTime, ...]


def shard_index(folder: Path, number: int) -> Path:
    """The file whose presence says that shard `number` is complete."""
    return folder / f"{number:05d}.jsonl"


def write_shard(folder: Path, number: int, utterances: Sequence[Utterance]) -> None:
    """Write one shard; a second writing replaces it."""
    index = shard_index(folder, number)
    audio = np.concatenate([utterance.samples for utterance in utterances])
    soundfile.write(index.with_suffix(".flac"), audio, TARGET_RATE_HZ, subtype="PCM_16")
    lines: list[str] = []
    offset = 0
    for utterance in utterances:
        words = [[w.text, w.start_samples, w.end_samples] for w in utterance.words]
        row = {
            "text": utterance.text,
            "offset": offset,
            "samples": len(utterance.samples),
            "words": words,
        }
        lines.append(json.dumps(row, ensure_ascii=False))
        offset += len(utterance.samples)
    partial = index.with_suffix(".partial")
    partial.write_text("\n".join(lines) + "\n", "utf-8")
    partial.rename(index)


def read_shard(index: Path) -> list[Utterance]:
    """All utterances of one complete shard, in order."""
    audio, rate_hz = soundfile.read(index.with_suffix(".flac"), dtype="float32")
    if rate_hz != TARGET_RATE_HZ:
        raise ValueError(f"{index}: {rate_hz} Hz, not {TARGET_RATE_HZ}")
    rows = [json.loads(line) for line in index.read_text("utf-8").splitlines()]
    return [
        Utterance(
            text=row["text"],
            samples=audio[row["offset"] : row["offset"] + row["samples"]],
            words=tuple(WordTime(*word) for word in row["words"]),
        )
        for row in rows
    ]


def read_shards(folder: Path) -> Iterator[Utterance]:
    """Every utterance of the complete shards of a folder, in order."""
    for index in sorted(folder.glob("*.jsonl")):
        yield from read_shard(index)
