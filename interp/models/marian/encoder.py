"""A student's encoder over whole sentences, several at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from interp.models.linear import Linear
from interp.models.marian.checkpoint import MarianCheckpoint
from interp.models.marian.layers import AddNorm, FeedForward, LayerReader, attend, embedded
from interp.models.precision import Precision
from interp.models.whisper.layers import split_heads


@dataclass(frozen=True, slots=True)
class EncoderLayer:
    """qkv: query, key and value side by side."""

    qkv: Linear
    out: Linear
    norm: AddNorm
    feed_forward: FeedForward


@dataclass(frozen=True, slots=True)
class Memory:
    """What the decoder sees of a sentence.

    data: keys and values, [layer, 2, head, position, head_dim].
    """

    data: Tensor

    @property
    def positions(self) -> int:
        """Source tokens, the end among them."""
        return self.data.shape[3]


class MarianEncoder:
    """The encoder's weights, and the pass over sentences."""

    def __init__(
        self, checkpoint: MarianCheckpoint, device: torch.device, precision: Precision
    ) -> None:
        dims = checkpoint.dims
        read = LayerReader(checkpoint.tensors, device, precision)
        self._dims, self._device = dims, device
        self._embedding = read.tensor("encoder_Wemb")
        self._layers = [
            EncoderLayer(
                qkv=read.linear(f"encoder_l{layer}_self", "q", "k", "v"),
                out=read.linear(f"encoder_l{layer}_self", "o"),
                norm=read.norm(f"encoder_l{layer}_self_Wo"),
                feed_forward=read.feed_forward(f"encoder_l{layer}_ffn"),
            )
            for layer in range(1, dims.encoder_layers + 1)
        ]
        self._cross = [
            read.linear(f"decoder_l{layer}_context", "k", "v")
            for layer in range(1, dims.decoder_layers + 1)
        ]

    def encode(self, sentences: Sequence[Sequence[int]]) -> list[Memory]:
        """Each sentence's tokens, its end among them, to what the decoder sees of it."""
        lengths = [len(tokens) for tokens in sentences]
        x = embedded(sentences, [0] * len(sentences), self._embedding)
        heads = self._dims.heads
        for layer in self._layers:
            mixed = []
            for rows in torch.split(layer.qkv(x), lengths):
                query, keys, values = rows.chunk(3, dim=1)
                seen, _ = attend(query, split_heads(keys, heads), split_heads(values, heads))
                mixed.append(seen)
            x = layer.feed_forward(layer.norm(x, layer.out(torch.cat(mixed))))
        return self._memories(x, lengths)

    def _memories(self, x: Tensor, lengths: list[int]) -> list[Memory]:
        heads = self._dims.heads
        layers = [torch.split(cross(x), lengths) for cross in self._cross]
        return [
            Memory(
                torch.stack(
                    [
                        torch.stack([split_heads(part, heads) for part in rows[i].chunk(2, dim=1)])
                        for rows in layers
                    ]
                )
            )
            for i in range(len(lengths))
        ]
