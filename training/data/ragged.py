"""Many arrays of different length in one file, read from the disk as they are asked for."""

from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray


class Ragged:
    """Arrays [row, ...] by number, memory-mapped: nothing loads a whole corpus into memory."""

    def __init__(self, path: Path) -> None:
        """path: as given to `RaggedWriter`."""
        self._rows: NDArray[Any] = np.load(path, mmap_mode="r")
        self._ends: NDArray[np.int64] = np.load(_ends_path(path))

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, number: int) -> NDArray[Any]:
        """The array of that number; empty where there was none."""
        start = int(self._ends[number - 1]) if number else 0
        return np.array(self._rows[start : int(self._ends[number])])


class RaggedWriter:
    """Writes arrays [row, width] as they come; a context manager. Rows go to the disk at once, the
    header when their count is known, at its end."""

    def __init__(self, path: Path, width: int, dtype: str) -> None:
        self._path, self._width, self._dtype = path, width, dtype
        self._raw, self._ends, self._total = path.with_suffix(".raw"), list[int](), 0

    def __enter__(self) -> Self:
        self._file = self._raw.open("wb")
        return self

    def append(self, array: NDArray[Any]) -> None:
        """One more array."""
        self._file.write(np.ascontiguousarray(array, dtype=self._dtype).tobytes())
        self._total += len(array)
        self._ends.append(self._total)

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        self._file.close()
        if kind is None:
            shape = (self._total, self._width)
            rows: NDArray[Any] = np.zeros((0, self._width), self._dtype)  # nothing cannot be mapped
            if self._total:
                rows = np.memmap(self._raw, self._dtype, "r", shape=shape)
            np.save(self._path, rows)
            np.save(_ends_path(self._path), np.array(self._ends, np.int64))
        self._raw.unlink()


def _ends_path(path: Path) -> Path:
    return path.with_suffix(".ends.npy")
