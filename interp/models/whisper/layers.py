"""The layers that Whisper's encoder and decoder are made of, read from openai-whisper's names.

Rows of several sessions run through a linear layer together; attention is per session, over keys
and values [head, position, head_dim] of its own length.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from interp.models.linear import SMALLEST, Linear, linear
from interp.models.precision import Precision

NORMAL = 3.0
"""Normalised values are mostly within so many standard deviations."""


@dataclass(frozen=True, slots=True)
class Norm:
    """Layer normalisation with its weight and bias, each [dim]."""

    weight: Tensor
    bias: Tensor

    def __call__(self, x: Tensor) -> Tensor:
        """x [row, dim] normalised per row."""
        return F.layer_norm(x, self.weight.shape, self.weight, self.bias)


@dataclass(frozen=True, slots=True)
class Mlp:
    """The feed-forward part of a block, with its own normalisation."""

    norm: Norm
    grow: Linear
    shrink: Linear

    def __call__(self, x: Tensor) -> Tensor:
        """x [row, dim] to its update [row, dim]."""
        return self.shrink(F.gelu(self.grow(self.norm(x))))


@dataclass(frozen=True, slots=True)
class SelfAttention:
    """qkv: query, key and value side by side."""

    norm: Norm
    qkv: Linear
    out: Linear


@dataclass(frozen=True, slots=True)
class LayerReader:
    """Reads layers from a state dict under openai-whisper's names. precision: of linear ones."""

    weights: Mapping[str, Tensor]
    precision: Precision

    def linear(self, *names: str) -> Linear:
        """One layer that computes all the named ones side by side; a missing bias is zero."""
        return linear(*self._side_by_side(names), self.precision)

    def normed(self, norm: str, *names: str) -> tuple[Norm, Linear]:
        """The same with the normalisation that its input comes from.

        In whole numbers, what makes some of its outputs larger than others is moved into the
        weights, so that a row's step is as fine for all (Xiao et al., SmoothQuant, arXiv
        2211.10438, with the normalisation's own weights for calibration).
        """
        before, (weight, bias) = self.norm(norm), self._side_by_side(names)
        if self.precision is Precision.INT8:
            reach = (NORMAL * before.weight.abs() + before.bias.abs()).clamp_(min=SMALLEST)
            before = Norm(before.weight / reach, before.bias / reach)
            weight = weight * reach
        return before, linear(weight, bias, self.precision)

    def _side_by_side(self, names: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Weight [out, in] and bias [out]."""
        parts = [self.weights[f"{name}.weight"] for name in names]
        biases = [
            self.weights.get(f"{name}.bias", part.new_zeros(len(part)))
            for name, part in zip(names, parts, strict=True)
        ]
        return torch.cat(parts), torch.cat(biases)

    def norm(self, name: str) -> Norm:
        """The named layer normalisation."""
        return Norm(self.weights[f"{name}.weight"], self.weights[f"{name}.bias"])

    def mlp(self, block: str) -> Mlp:
        """The feed-forward part of the named block."""
        norm, grow = self.normed(f"{block}.mlp_ln", f"{block}.mlp.0")
        return Mlp(norm, grow, self.linear(f"{block}.mlp.2"))

    def self_attention(self, block: str) -> SelfAttention:
        """The self-attention of the named block."""
        parts = (f"{block}.attn.{part}" for part in ("query", "key", "value"))
        norm, qkv = self.normed(f"{block}.attn_ln", *parts)
        return SelfAttention(norm, qkv, self.linear(f"{block}.attn.out"))


def split_heads(x: Tensor, heads: int) -> Tensor:
    """x [row, heads * head_dim] to [head, row, head_dim]."""
    return x.view(len(x), heads, -1).transpose(0, 1)


def attend(query: Tensor, keys: Tensor, values: Tensor, bias: Tensor | None) -> Tensor:
    """Attention of query [head, row, head_dim] over keys and values; [row, head * head_dim].

    bias: added to the scores, broadcastable to [row, position].
    """
    mixed = F.scaled_dot_product_attention(query[None], keys[None], values[None], attn_mask=bias)
    return mixed[0].transpose(0, 1).flatten(1)
