"""Lanes that look at the same audio: its keys and values are read once for all of them.

Reading them is most of what attention costs. A row is to get the same bits whoever is beside it, so
that is done only where this processor's kernels are found to give them.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from interp.models.whisper.encoder import Seen
from interp.models.whisper.layers import split_heads

LEAST = 4
"""Fewer rows, or fewer positions left over by a block, are multiplied by other kernels."""
ROWS_AT_ONCE, POSITIONS_AT_ONCE = 32, 512
"""Blocks of torch's attention; longer ones of rows are multiples of this."""


@dataclass(frozen=True, slots=True)
class Audience:
    """places: of lanes in their batch. rows: of each. heard: positions of `cross` that are audio,
    after the silent ones."""

    places: tuple[int, ...]
    rows: tuple[int, ...]
    cross: Seen
    heard: int

    @property
    def all_rows(self) -> int:
        """How many rows look at it."""
        return sum(self.rows)

    def attend(self, layer: int, queries: Tensor) -> Tensor:
        """queries [row, dim] of all lanes over a layer's keys and values; [row, dim]."""
        return self.cross.attend(layer, _filled(queries))[: len(queries)]

    def align(self, layer: int, queries: Tensor, heads: Sequence[int]) -> Tensor:
        """Weights of some heads over the audio alone, [row, head, heard]."""
        silent, chosen = self.cross.silent, list(heads)
        keys = self.cross.data[layer, 0, :, silent : silent + self.heard]
        rows = split_heads(_filled(queries), len(keys))[chosen]
        scores: Tensor = rows @ keys[chosen].transpose(1, 2) * keys.shape[2] ** -0.5
        return scores.softmax(dim=2).transpose(0, 1)[: len(queries)]


def audiences(crosses: Sequence[Seen], heard: Sequence[int], rows: Sequence[int]) -> list[Audience]:
    """All lanes of a batch, those together that look at the same and have rows enough."""
    together: dict[tuple[object, ...], list[int]] = {}
    for place, (cross, count) in enumerate(zip(crosses, rows, strict=True)):
        key: tuple[object, ...] = (place,)
        if count >= LEAST and _whole(cross, heard[place]) and _alike(cross.data.device):
            key = cross.data.data_ptr(), cross.data.shape, heard[place]
        together.setdefault(key, []).append(place)
    return [
        Audience(tuple(some), tuple(rows[i] for i in some), crosses[some[0]], heard[some[0]])
        for some in together.values()
    ]


def _whole(cross: Seen, heard: int) -> bool:
    """Whether no block of positions is a short one."""
    left = cross.data.shape[3] % POSITIONS_AT_ONCE
    return heard >= LEAST and (left == 0 or left >= LEAST)


def _filled(queries: Tensor) -> Tensor:
    """With rows of zeros, where a block would be a short one."""
    left = len(queries) % ROWS_AT_ONCE if len(queries) > ROWS_AT_ONCE else 0
    if not 0 < left < LEAST:
        return queries
    return torch.cat([queries, queries.new_zeros(LEAST - left, queries.shape[1])])


@functools.cache
def _alike(device: torch.device) -> bool:
    """Whether rows get the same bits together as lane by lane, tried out; on a CPU alone."""
    if device.type != "cpu":
        return False
    random = torch.Generator().manual_seed(0)
    draw = functools.partial(torch.randn, generator=random, device=device)
    rows = [LEAST, 5, 31, 2 * ROWS_AT_ONCE + 1]
    queries = draw(sum(rows), 512)
    for positions in (75, 403, POSITIONS_AT_ONCE + LEAST, 1500):
        silent = positions // 3
        bias = draw(1, positions)
        cross = Seen(draw(1, 2, 8, positions, 64), bias, silent)
        whole = Audience((), (len(queries),), cross, positions - silent)
        for run in (whole.attend, functools.partial(whole.align, heads=(1, 2, 5))):
            parts = [run(0, part) for part in torch.split(queries, rows)]
            if not torch.equal(torch.cat(parts), run(0, queries)):
                return False
    return True
