"""The layers that Whisper's encoder and decoder are made of, read from openai-whisper's names.

Rows of several sessions run through a linear layer together; attention is per session, over keys
and values [head, position, head_dim] of its own length.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import torch
import torch.nn.functional as F
from torch import Tensor

Linear: TypeAlias = Callable[[Tensor], Tensor]
"""A linear layer: [row, in] to [row, out]."""


def float_linear(weight: Tensor, bias: Tensor) -> Linear:
    """weight: [out, in]; bias: [out]."""
    return lambda x: F.linear(x, weight, bias)


def half_linear(weight: Tensor, bias: Tensor) -> Linear:
    """The same with weights kept as float16 and sums in float32, for processors with AVX2.

    Whisper was published in float16, so nothing is lost; one row costs half the memory traffic, and
    a row's result does not depend on the rows beside it.
    """
    packed = torch.ops.quantized.linear_prepack_fp16(weight, bias)

    def apply(x: Tensor) -> Tensor:
        result: Tensor = torch.ops.quantized.linear_dynamic_fp16(x, packed)
        return result

    return apply


def supports_half_linear(device: torch.device) -> bool:
    """Whether this build and processor have the float16 kernel; there is none for a GPU."""
    return device.type == "cpu" and "fbgemm" in torch.backends.quantized.supported_engines


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
    """Reads layers from a state dict under openai-whisper's names. half: weights as float16."""

    weights: Mapping[str, Tensor]
    half: bool

    def linear(self, *names: str) -> Linear:
        """One layer that computes all the named ones side by side; a missing bias is zero."""
        parts = [self.weights[f"{name}.weight"] for name in names]
        biases = [
            self.weights.get(f"{name}.bias", part.new_zeros(len(part)))
            for name, part in zip(names, parts, strict=True)
        ]
        return self.make(torch.cat(parts), torch.cat(biases))

    def make(self, weight: Tensor, bias: Tensor) -> Linear:
        """A layer of the given weight [out, in] and bias [out]."""
        return half_linear(weight, bias) if self.half else float_linear(weight, bias)

    def norm(self, name: str) -> Norm:
        """The named layer normalisation."""
        return Norm(self.weights[f"{name}.weight"], self.weights[f"{name}.bias"])

    def mlp(self, block: str) -> Mlp:
        """The feed-forward part of the named block."""
        return Mlp(
            self.norm(f"{block}.mlp_ln"),
            self.linear(f"{block}.mlp.0"),
            self.linear(f"{block}.mlp.2"),
        )

    def self_attention(self, block: str) -> SelfAttention:
        """The self-attention of the named block."""
        return SelfAttention(
            self.norm(f"{block}.attn_ln"),
            self.linear(*(f"{block}.attn.{part}" for part in ("query", "key", "value"))),
            self.linear(f"{block}.attn.out"),
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
