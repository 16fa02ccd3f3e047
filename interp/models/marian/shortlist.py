"""A student's lexical shortlist: which target tokens are likely, given those of the source.

Layout, little endian: u64 magic, checksum, frequent, best, offsets, ids; u64 offsets; u32 ids: of
source token s those from offset s to offset s + 1 (browsermt/marian-dev, src/data/shortlist.h).
"""

import struct
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from interp.models.store import FileContent, WeightsError

MAGIC = 0xF11A48D5013417F5
HEADER = struct.Struct("<6Q")


class Shortlist:
    """frequent: so many of the first tokens are always among the candidates.

    offsets [source token + 1] into ids [entry].
    """

    def __init__(self, frequent: int, offsets: NDArray[np.uint64], ids: NDArray[np.uint32]) -> None:
        self._frequent, self._offsets, self._ids = frequent, offsets, ids

    def candidates(self, source: Sequence[int]) -> Tensor:
        """Target tokens for a source of these tokens, ascending, [candidate]."""
        lists = [self._ids[self._offsets[t] : self._offsets[t + 1]] for t in source]
        ids = np.unique(np.concatenate([np.arange(self._frequent), *lists, np.array(source)]))
        return torch.from_numpy(ids.astype(np.int64))


def load_shortlist(file: FileContent) -> Shortlist:
    """Raises WeightsError where the file is none, or is cut."""
    try:
        magic, _, frequent, _, offsets, ids = HEADER.unpack_from(file.data)
        if magic != MAGIC:
            raise WeightsError(f"{file.name} is no binary shortlist")
        starts = np.frombuffer(file.data, "<u8", offsets, HEADER.size)
        entries = np.frombuffer(file.data, "<u4", ids, HEADER.size + starts.nbytes)
    except (struct.error, ValueError) as error:
        raise WeightsError(f"{file.name} is cut: {error}") from error
    if not len(starts) or starts[-1] != ids or (np.diff(starts.astype(np.int64)) < 0).any():
        raise WeightsError(f"{file.name}: its offsets do not fit its {ids} entries")
    return Shortlist(frequent, starts.astype(np.int64), entries)
