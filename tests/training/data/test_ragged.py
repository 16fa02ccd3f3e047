"""Arrays of any length, read back from the disk by number."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from training.data.ragged import Ragged, RaggedWriter


def write(path: Path, arrays: Iterable[NDArray[Any]], width: int, dtype: str) -> None:
    with RaggedWriter(path, width, dtype) as out:
        for array in arrays:
            out.append(array)


def test_arrays_read_back_by_number(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=(count, 3)).astype(np.float16) for count in (2, 0, 5, 0)]
    write(tmp_path / "x.npy", iter(arrays), 3, "float16")
    ragged = Ragged(tmp_path / "x.npy")
    assert len(ragged) == 4
    for number, array in enumerate(arrays):
        assert np.array_equal(ragged[number], array)
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["x.ends.npy", "x.npy"]


def test_nothing_but_empty_arrays(tmp_path: Path) -> None:
    write(tmp_path / "x.npy", [np.zeros((0, 7), np.uint16)] * 2, 7, "uint16")
    assert Ragged(tmp_path / "x.npy")[1].shape == (0, 7)


def test_rows_are_mapped_not_loaded(tmp_path: Path) -> None:
    write(tmp_path / "x.npy", [np.ones((4, 2), np.float32)], 2, "float32")
    assert isinstance(Ragged(tmp_path / "x.npy")._rows, np.memmap)


def test_what_was_broken_off_leaves_nothing(tmp_path: Path) -> None:
    def broken() -> Iterator[NDArray[Any]]:
        yield np.ones((2, 1), np.int8)
        raise KeyError

    with pytest.raises(KeyError):
        write(tmp_path / "x.npy", broken(), 1, "int8")
    assert not list(tmp_path.iterdir())
