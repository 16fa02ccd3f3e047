"""A shortlist written byte by byte."""

import struct

import numpy as np
import pytest

from interp.models.marian.shortlist import MAGIC, load_shortlist
from interp.models.store import FileContent, WeightsError

LISTS = [[], [], [9, 30], [12], [30, 31]]
FREQUENT = 4


def _file() -> FileContent:
    offsets = np.cumsum([0, *map(len, LISTS)]).astype("<u8")
    ids = np.array([i for entry in LISTS for i in entry], "<u4")
    head = struct.pack("<6Q", MAGIC, 0, FREQUENT, 2, len(offsets), len(ids))
    return FileContent("lex.bin", head + offsets.tobytes() + ids.tobytes())


def test_candidates_are_the_frequent_the_sources_own_and_its_lists() -> None:
    found = load_shortlist(_file()).candidates([2, 4, 0])
    assert found.tolist() == [0, 1, 2, 3, 4, 9, 30, 31]


@pytest.mark.parametrize("cut", [0, 20, 60, -1])
def test_a_cut_shortlist_is_refused(cut: int) -> None:
    with pytest.raises(WeightsError):
        load_shortlist(FileContent("lex.bin", _file().data[:cut]))
