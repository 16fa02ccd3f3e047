"""Arrays of any length, read back from the disk by number."""

from pathlib import Path

import numpy as np

from training.data.ragged import Ragged, write_ragged


def test_arrays_read_back_by_number(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=(count, 3)).astype(np.float16) for count in (2, 0, 5, 0)]
    write_ragged(tmp_path / "x.npy", iter(arrays), 3, "float16")
    ragged = Ragged(tmp_path / "x.npy")
    assert len(ragged) == 4
    for number, array in enumerate(arrays):
        assert np.array_equal(ragged[number], array)
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["x.ends.npy", "x.npy"]


def test_nothing_but_empty_arrays(tmp_path: Path) -> None:
    write_ragged(tmp_path / "x.npy", [np.zeros((0, 7), np.uint16)] * 2, 7, "uint16")
    assert Ragged(tmp_path / "x.npy")[1].shape == (0, 7)


def test_rows_are_mapped_not_loaded(tmp_path: Path) -> None:
    write_ragged(tmp_path / "x.npy", [np.ones((4, 2), np.float32)], 2, "float32")
    assert isinstance(Ragged(tmp_path / "x.npy")._rows, np.memmap)
