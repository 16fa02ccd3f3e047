"""Whisper's encoder over a segment that grows.

Positions older than the open window are frozen: their keys and values stay. The open window, and a
little silence after it, is encoded anew in each step. Self-attention sees the frozen positions, the
open ones, and constants that stand for the silence up to the end of Whisper's 30 s window.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from interp.models.precision import Precision
from interp.models.precision_choice import settled
from interp.models.whisper.checkpoint import WhisperCheckpoint, WhisperDims
from interp.models.whisper.layers import (
    LayerReader,
    Mlp,
    Norm,
    SelfAttention,
    attend,
    split_heads,
)


@dataclass(frozen=True, slots=True)
class KeyValues:
    """Keys and values that start with `fixed` constants for silence, then the segment's own.

    data: [layer, 2, head, fixed + position, head_dim]. The constants stand for the positions in
    `places` [fixed], ascending; each counts `weight` times.
    """

    data: Tensor
    places: tuple[int, ...]
    weight: int

    def write(self, layer: int, first: int, keys: Tensor, values: Tensor) -> None:
        """Set keys and values [position, dim] of a layer from position `first` on."""
        heads = self.data.shape[2]
        begin = len(self.places) + first
        self.data[layer, 0, :, begin : begin + len(keys)] = split_heads(keys, heads)
        self.data[layer, 1, :, begin : begin + len(keys)] = split_heads(values, heads)

    def seen(self, last: int) -> "Seen":
        """The view of one whose own positions end at `last`: silence after it, and its own."""
        fixed = len(self.places)
        hidden = sum(place < last for place in self.places)
        bias = None
        if self.weight > 1:
            bias = self.data.new_zeros(1, fixed - hidden + last)
            bias[:, : fixed - hidden] = math.log(self.weight)
        return Seen(self.data[:, :, :, hidden : fixed + last], bias, fixed - hidden)


@dataclass(frozen=True, slots=True)
class Seen:
    """Visible keys and values, [layer, 2, head, silent + position, head_dim].

    bias: to add to the scores, [1, silent + position].
    """

    data: Tensor
    bias: Tensor | None
    silent: int

    def attend(self, layer: int, query: Tensor) -> Tensor:
        """query [row, dim] over the layer's keys and values; [row, dim]."""
        keys, values = self.data[layer]
        return attend(split_heads(query, len(keys)), keys, values, self.bias)


@dataclass(frozen=True, slots=True)
class Silence:
    """Keys and values of silence at chosen positions, [layer, 2, head, fixed, head_dim]."""

    data: Tensor
    places: tuple[int, ...]
    weight: int

    def open(self, positions: int) -> KeyValues:
        """Room for a segment of at most `positions`, with the constants in front."""
        layers, two, heads, fixed, head_dim = self.data.shape
        data = self.data.new_empty(layers, two, heads, fixed + positions, head_dim)
        data[:, :, :, :fixed] = self.data
        return KeyValues(data, self.places, self.weight)


@dataclass(frozen=True, slots=True)
class EncoderBlock:
    """One layer of the encoder."""

    attention: SelfAttention
    mlp: Mlp


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of positions to encode: its normalised mel frames, and where it lies.

    mel: [mel, frame], frames 2 first - 2 .. 2 last (without those before the segment's start).
    """

    mel: Tensor
    first: int
    last: int
    cache: KeyValues


class WhisperEncoder:
    """The encoder's weights, and the pass over pieces of several segments."""

    def __init__(self, checkpoint: WhisperCheckpoint, precision: Precision) -> None:
        dims, weights = checkpoint.dims, checkpoint.state_dict
        self.device = weights["encoder.positional_embedding"].device
        read = LayerReader(weights, settled(precision, self.device))
        self.dims: WhisperDims = dims
        self._conv1 = _read_conv(weights, "encoder.conv1")
        self._conv2 = _read_conv(weights, "encoder.conv2")
        self._positions = weights["encoder.positional_embedding"]
        self._blocks = [
            EncoderBlock(
                read.self_attention(f"encoder.blocks.{layer}"),
                read.mlp(f"encoder.blocks.{layer}"),
            )
            for layer in range(dims.n_audio_layer)
        ]
        self._norm: Norm = read.norm("encoder.ln_post")
        # Cross-attention keys and values of all decoder layers, layer by layer.
        self._cross = read.linear(
            *(
                f"decoder.blocks.{layer}.cross_attn.{part}"
                for layer in range(dims.n_text_layer)
                for part in ("key", "value")
            ),
        )

    def encode(self, pieces: Sequence[Piece]) -> list[Tensor]:
        """Features [position, dim] of each piece; writes its keys and values into its cache."""
        lengths = [piece.last - piece.first for piece in pieces]
        views = [piece.cache.seen(piece.last) for piece in pieces]
        x = torch.cat([self._embed(piece) for piece in pieces])
        for layer, block in enumerate(self._blocks):
            qkv = block.attention.qkv(block.attention.norm(x))
            mixed = []
            for piece, view, rows in zip(pieces, views, torch.split(qkv, lengths), strict=True):
                query, keys, values = rows.chunk(3, dim=1)
                piece.cache.write(layer, piece.first, keys, values)
                mixed.append(view.attend(layer, query))
            x = x + block.attention.out(torch.cat(mixed))
            x = x + block.mlp(x)
        return list(torch.split(self._norm(x), lengths))

    def write_cross(self, features: Tensor, first: int, cross: KeyValues) -> None:
        """Put the decoder's keys and values for features [position, dim] into `cross`."""
        parts = self._cross(features).chunk(2 * self.dims.n_text_layer, dim=1)
        for layer in range(self.dims.n_text_layer):
            cross.write(layer, first, parts[2 * layer], parts[2 * layer + 1])

    def _embed(self, piece: Piece) -> Tensor:
        """The convolutions and positions of a piece, [position, dim]."""
        frames = 2 * (piece.last - piece.first)
        at_start = piece.first == 0
        assert piece.mel.shape[1] == frames + (1 if at_start else 3), "mel frames of a piece"
        x = F.pad(piece.mel, (1, 0)) if at_start else piece.mel
        x = F.gelu(F.conv1d(x[None], *self._conv1))
        if at_start:
            x = F.pad(x, (1, 0))
        x = F.gelu(F.conv1d(x, *self._conv2, stride=2))[0].T
        return x + self._positions[piece.first : piece.last]


def _read_conv(weights: Mapping[str, Tensor], name: str) -> tuple[Tensor, Tensor]:
    return weights[f"{name}.weight"], weights[f"{name}.bias"]
