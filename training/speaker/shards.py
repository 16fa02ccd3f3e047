"""Aligned speech, in shards as all speech is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from interp.core.audio import Samples
from training.data.shards import Row, read_rows, write_rows


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


def write_shard(index: Path, utterances: Sequence[Aligned]) -> None:
    """As `training.data.shards.write_rows`."""
    rows: list[Row] = [
        {"text": one.text, "symbols": one.symbols, "ends": one.ends, "pace": one.pace}
        for one in utterances
    ]
    write_rows(index, rows, [one.samples for one in utterances])


def read_shard(index: Path) -> Iterator[Aligned]:
    """As `training.data.shards.read_rows`."""
    for row, samples in read_rows(index):
        yield Aligned(row["text"], samples, row["symbols"], tuple(row["ends"]), row["pace"])
