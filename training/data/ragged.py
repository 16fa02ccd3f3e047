"""Many arrays of different length in one file, read from the disk as they are asked for."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Ragged:
    """Arrays [row, ...] by number, memory-mapped: nothing loads a whole corpus into memory."""

    def __init__(self, path: Path) -> None:
        """path: as given to `write_ragged`."""
        self._rows: NDArray[Any] = np.load(path, mmap_mode="r")
        self._ends: NDArray[np.int64] = np.load(_ends_path(path))

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, number: int) -> NDArray[Any]:
        """The array of that number; empty where there was none."""
        start = int(self._ends[number - 1]) if number else 0
        return np.array(self._rows[start : int(self._ends[number])])


def write_ragged(path: Path, arrays: Iterable[NDArray[Any]], width: int, dtype: str) -> None:
    """Write arrays [row, width], one after the other, in two passes over nothing: rows go to the
    disk as they come, and the header when their count is known."""
    raw = path.with_suffix(".raw")
    ends: list[int] = []
    total = 0
    with raw.open("wb") as file:
        for array in arrays:
            file.write(np.ascontiguousarray(array, dtype=dtype).tobytes())
            total += len(array)
            ends.append(total)
    rows = np.memmap(raw, dtype=dtype, mode="r", shape=(total, width)) if total else None
    np.save(path, np.zeros((0, width), dtype) if rows is None else rows)
    np.save(_ends_path(path), np.array(ends, np.int64))
    raw.unlink()


def _ends_path(path: Path) -> Path:
    return path.with_suffix(".ends.npy")
