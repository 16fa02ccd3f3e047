"""A student's decoder over several sentences at once; its state is one cell per layer."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from interp.models.linear import Linear
from interp.models.marian.checkpoint import MarianCheckpoint
from interp.models.marian.encoder import Memory
from interp.models.marian.layers import AddNorm, FeedForward, LayerReader, attend, embedded
from interp.models.precision import Precision

START = -1
"""The token before a text's first: its embedding is zero (marian-dev, src/models/decoder.h)."""


@dataclass(frozen=True, slots=True)
class DecoderLayer:
    """unit: candidate and forget gate side by side. query, out: of the attention to the source."""

    unit: Linear
    unit_norm: AddNorm
    query: Linear
    out: Linear
    cross_norm: AddNorm
    feed_forward: FeedForward


@dataclass(frozen=True, slots=True)
class Feed:
    """Tokens to run for one sentence, the first of them at position `first`.

    cells: [layer, dim], after the tokens before.
    """

    tokens: Sequence[int]
    first: int
    cells: Tensor
    memory: Memory


@dataclass(frozen=True, slots=True)
class Fed:
    """hidden: [token, dim], before the output layer. cells: [token, layer, dim], after each token.

    attention: [token, source token], of the head that was trained to align.
    """

    hidden: Tensor
    cells: Tensor
    attention: Tensor


class MarianDecoder:
    """The decoder's weights, and the pass over new tokens of several sentences."""

    def __init__(
        self, checkpoint: MarianCheckpoint, device: torch.device, precision: Precision
    ) -> None:
        dims = checkpoint.dims
        read = LayerReader(checkpoint.tensors, device, precision)
        self._dims, self._device = dims, device
        self._embedding = read.tensor("decoder_Wemb")
        self._output_bias = read.tensor("decoder_ff_logit_out_b")
        self._output = read.make(self._embedding, self._output_bias)
        self._layers = []
        for layer in range(1, dims.decoder_layers + 1):
            name = f"decoder_l{layer}"
            self._layers.append(
                DecoderLayer(
                    unit=read.linear(f"{name}_rnn", "", "f"),
                    unit_norm=read.norm(f"{name}_rnn_ffn"),
                    query=read.linear(f"{name}_context", "q"),
                    out=read.linear(f"{name}_context", "o"),
                    cross_norm=read.norm(f"{name}_context_Wo"),
                    feed_forward=read.feed_forward(f"{name}_ffn"),
                )
            )

    def init_cells(self) -> Tensor:
        """Before any token, [layer, dim]."""
        return torch.zeros(self._dims.decoder_layers, self._dims.dim, device=self._device)

    def feed(self, feeds: Sequence[Feed]) -> list[Fed]:
        """Run each sentence's tokens; the cells that were given stay as they are."""
        lengths = [len(feed.tokens) for feed in feeds]
        tokens, firsts = [feed.tokens for feed in feeds], [feed.first for feed in feeds]
        x = embedded(tokens, firsts, self._embedding)
        cells, attention = [], [torch.empty(0)] * len(feeds)
        for number, layer in enumerate(self._layers):
            units = torch.split(layer.unit(x), lengths)
            grown = [_scan(rows, f.cells[number]) for f, rows in zip(feeds, units, strict=True)]
            cells.append(grown)
            x = layer.unit_norm(x, F.relu(torch.cat(grown)))
            queries = torch.split(layer.query(x), lengths)
            seen = [
                attend(query, *feed.memory.data[number])
                for feed, query in zip(feeds, queries, strict=True)
            ]
            attention = [weights[0] for _, weights in seen]
            x = layer.cross_norm(x, layer.out(torch.cat([mixed for mixed, _ in seen])))
            x = layer.feed_forward(x)
        return [
            Fed(rows, torch.stack([layer[i] for layer in cells], dim=1), attention[i])
            for i, rows in enumerate(torch.split(x, lengths))
        ]

    def logits(self, hidden: Tensor) -> Tensor:
        """hidden [row, dim] to scores [row, vocab]."""
        return self._output(hidden)

    def logits_of(self, hidden: Tensor, candidates: Tensor) -> Tensor:
        """hidden [row, dim] to the scores of some tokens alone, [row, candidate]."""
        return F.linear(hidden, self._embedding[candidates], self._output_bias[candidates])


def _scan(units: Tensor, cell: Tensor) -> Tensor:
    """The recurrence over units [token, 2 * dim] from `cell` [dim]; the cells, [token, dim]."""
    candidate, forget = units.chunk(2, dim=1)
    forget = forget.sigmoid()
    fresh = (1 - forget) * candidate
    cells = []
    for kept, new in zip(forget, fresh, strict=True):
        cell = kept * cell + new
        cells.append(cell)
    return torch.stack(cells)
