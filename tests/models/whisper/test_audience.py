"""Lanes that look at the same audio together."""

import pytest
import torch

from interp.models.whisper.audience import LEAST, audiences
from interp.models.whisper.encoder import Seen

HEADS, HEAD_DIM, SILENT = 8, 64, 60
RANDOM = torch.Generator().manual_seed(5)


def _seen(positions: int, *, weighed: bool = True) -> Seen:
    data = torch.randn(1, 2, HEADS, SILENT + positions, HEAD_DIM, generator=RANDOM)
    bias = torch.zeros(1, SILENT + positions)
    bias[:, :SILENT] = 1.4
    return Seen(data, bias if weighed else None, SILENT)


def _queries(rows: int) -> torch.Tensor:
    return torch.randn(rows, HEADS * HEAD_DIM, generator=RANDOM)


@pytest.mark.parametrize("positions", [5, 90, 452, 453, 455, 456, 700, 1440])
@pytest.mark.parametrize("rows", [(5, 5, 5), (4, 31, 5), (33, 6), (35, 1, 2, 65), (1, 1, 1), (20,)])
def test_each_gets_the_bits_that_it_gets_alone(positions: int, rows: tuple[int, ...]) -> None:
    cross = _seen(positions)
    lanes = [_queries(count) for count in rows]
    together = audiences([cross] * len(rows), [positions] * len(rows), rows)
    assert sorted(place for some in together for place in some.places) == list(range(len(rows)))
    for some in together:
        queries = torch.cat([lanes[place] for place in some.places])
        mixed = torch.split(some.attend(0, queries), list(some.rows))
        weights = torch.split(some.align(0, queries, (1, 6)), list(some.rows))
        for place, *got in zip(some.places, mixed, weights, strict=True):
            (alone,) = audiences([cross], [positions], [rows[place]])
            assert torch.equal(got[0], alone.attend(0, lanes[place]))
            assert torch.equal(got[1], alone.align(0, lanes[place], (1, 6)))


def test_what_is_seen_is_attention_over_it() -> None:
    cross, queries = _seen(100), _queries(35)
    (all_of_it,) = audiences([cross], [90], [len(queries)])
    keys, values = cross.data[0]
    rows = queries.view(35, HEADS, HEAD_DIM).transpose(0, 1)
    scores = rows @ keys.transpose(1, 2) / HEAD_DIM**0.5
    expected = ((scores + cross.bias).softmax(dim=2) @ values).transpose(0, 1).flatten(1)
    assert torch.allclose(all_of_it.attend(0, queries), expected, atol=1e-5)
    heard = scores[:, :, SILENT : SILENT + 90].softmax(dim=2)[[2, 3]].transpose(0, 1)
    assert torch.allclose(all_of_it.align(0, queries, (2, 3)), heard, atol=1e-6)


def test_those_of_different_audio_are_apart() -> None:
    one, other = _seen(100), _seen(100)
    found = audiences([one, other, one], [100, 100, 100], [5, 5, 5])
    assert {1} in [set(some.places) for some in found]


def test_those_that_heard_differently_much_are_apart() -> None:
    whole = _seen(100)
    found = audiences([whole, whole], [100, 80], [5, 5])
    assert [some.places for some in found] == [(0,), (1,)]


def test_few_rows_are_apart() -> None:
    cross = _seen(100)
    found = audiences([cross, cross], [100, 100], [LEAST - 1, LEAST - 1])
    assert [some.places for some in found] == [(0,), (1,)]
