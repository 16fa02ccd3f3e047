"""The layers that Whisper's encoder and decoder are made of, read from openai-whisper's names.

Rows of several sessions run through a linear layer together; attention is per session, over keys
and values [head, position, head_dim] of its own length.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

Weights = Mapping[str, Tensor]


@dataclass(frozen=True, slots=True)
class Linear:
    """weight: [out, in]; bias: [out] or None."""

    weight: Tensor
    bias: Tensor | None

    def __call__(self, x: Tensor) -> Tensor:
        """x [row, in] to [row, out]."""
        return F.linear(x, self.weight, self.bias)


def read_linear(weights: Weights, *names: str) -> Linear:
    """One linear layer that computes all the named ones side by side; a missing bias is zero."""
    weight = torch.cat([weights[f"{name}.weight"] for name in names])
    biases = [
        weights.get(f"{name}.bias", torch.zeros(len(weights[f"{name}.weight"]))) for name in names
    ]
    return Linear(weight, torch.cat(biases))


@dataclass(frozen=True, slots=True)
class Norm:
    """Layer normalisation with its weight and bias, each [dim]."""

    weight: Tensor
    bias: Tensor

    def __call__(self, x: Tensor) -> Tensor:
        """x [row, dim] normalised per row."""
        return F.layer_norm(x, self.weight.shape, self.weight, self.bias)


def read_norm(weights: Weights, name: str) -> Norm:
    """The named layer normalisation."""
    return Norm(weights[f"{name}.weight"], weights[f"{name}.bias"])


@dataclass(frozen=True, slots=True)
class Mlp:
    """The feed-forward part of a block, with its own normalisation."""

    norm: Norm
    grow: Linear
    shrink: Linear

    def __call__(self, x: Tensor) -> Tensor:
        """x [row, dim] to its update [row, dim]."""
        return self.shrink(F.gelu(self.grow(self.norm(x))))


def read_mlp(weights: Weights, block: str) -> Mlp:
    """The feed-forward part of the named block."""
    return Mlp(
        read_norm(weights, f"{block}.mlp_ln"),
        read_linear(weights, f"{block}.mlp.0"),
        read_linear(weights, f"{block}.mlp.2"),
    )


@dataclass(frozen=True, slots=True)
class SelfAttention:
    """qkv: query, key and value side by side."""

    norm: Norm
    qkv: Linear
    out: Linear


def read_self_attention(weights: Weights, block: str) -> SelfAttention:
    """The self-attention of the named block."""
    return SelfAttention(
        read_norm(weights, f"{block}.attn_ln"),
        read_linear(weights, *(f"{block}.attn.{part}" for part in ("query", "key", "value"))),
        read_linear(weights, f"{block}.attn.out"),
    )


def split_heads(x: Tensor, heads: int) -> Tensor:
    """x [row, heads * head_dim] to [head, row, head_dim]."""
    return x.view(len(x), heads, -1).transpose(0, 1)


def attend(query: Tensor, keys: Tensor, values: Tensor, bias: Tensor | None) -> Tensor:
    """Attention of query [head, row, head_dim] over keys and values; [row, head * head_dim].

    bias: added to the scores, broadcastable to [row, position].
    """
    mixed = F.scaled_dot_product_attention(query[None], keys[None], values[None], attn_mask=bias)
    return mixed[0].transpose(0, 1).flatten(1)
