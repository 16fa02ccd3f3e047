"""The layers of a student. Rows of several sentences run through a linear layer together; attention
is per sentence, so that a sentence's result does not depend on those beside it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from interp.models.linear import Linear, linear
from interp.models.precision import Precision
from interp.models.precision_choice import settled
from interp.models.whisper.layers import split_heads

NORM_EPSILON = 1e-6
LOG_LONGEST = 9.21034049987793
"""Of 10000, the longest wave of positions over 2 pi, in the 32 bits that Marian computes it in."""


@dataclass(frozen=True, slots=True)
class AddNorm:
    """Marian's `dan`: what a layer did is added to what it was given, then normalised."""

    scale: Tensor
    bias: Tensor

    def __call__(self, x: Tensor, update: Tensor) -> Tensor:
        """x, update [row, dim] to [row, dim]."""
        return F.layer_norm(x + update, self.scale.shape, self.scale, self.bias, NORM_EPSILON)


@dataclass(frozen=True, slots=True)
class FeedForward:
    """Two linear layers with a ReLU between."""

    grow: Linear
    shrink: Linear
    norm: AddNorm

    def __call__(self, x: Tensor) -> Tensor:
        """x [row, dim] to the layer's output [row, dim]."""
        return self.norm(x, self.shrink(F.relu(self.grow(x))))


@dataclass(frozen=True, slots=True)
class LayerReader:
    """Reads layers by Marian's names, onto a device. precision: of linear ones."""

    tensors: Mapping[str, Tensor]
    device: torch.device
    precision: Precision

    def tensor(self, name: str) -> Tensor:
        """The named tensor on the device."""
        return self.tensors[name].to(self.device)

    def linear(self, name: str, *parts: str) -> Linear:
        """One layer that computes `<name>_W<part>` of all parts side by side."""
        weights = [self.tensor(f"{name}_W{part}") for part in parts]
        biases = [
            self.tensor(f"{name}_b{part}")
            if f"{name}_b{part}" in self.tensors
            else torch.zeros(len(weight), device=self.device)
            for part, weight in zip(parts, weights, strict=True)
        ]
        return self.make(torch.cat(weights), torch.cat(biases))

    def make(self, weight: Tensor, bias: Tensor) -> Linear:
        """A layer of the given weight [out, in] and bias [out]."""
        return linear(weight, bias, settled(self.precision, self.device))

    def norm(self, name: str) -> AddNorm:
        """The normalisation after a layer."""
        return AddNorm(self.tensor(f"{name}_ln_scale"), self.tensor(f"{name}_ln_bias"))

    def feed_forward(self, name: str) -> FeedForward:
        """The feed-forward layer."""
        return FeedForward(self.linear(name, "1"), self.linear(name, "2"), self.norm(f"{name}_ffn"))


def attend(query: Tensor, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
    """query [row, dim] over keys and values [head, position, head_dim].

    Returns what is seen [row, dim] and the weights [head, row, position].
    """
    heads, _, head_dim = keys.shape
    scores = split_heads(query, heads) @ keys.transpose(1, 2) * head_dim**-0.5
    weights = scores.softmax(dim=2)
    return (weights @ values).transpose(0, 1).flatten(1), weights


def positions(places: Tensor, dim: int) -> Tensor:
    """Sinusoids of some positions [row], as [row, dim]: all sines, then all cosines."""
    half = dim // 2
    rate = torch.exp(torch.arange(half, device=places.device) * (-LOG_LONGEST / (half - 1)))
    angle = places.float()[:, None] * rate
    return torch.cat([angle.sin(), angle.cos()], dim=1)


def embedded(tokens: Sequence[Sequence[int]], firsts: Sequence[int], embedding: Tensor) -> Tensor:
    """The tokens of several texts, each from a position on, one after another, [row, dim]. One
    transfer to the device. A token below 0 has no embedding."""
    rows = [token for text in tokens for token in text]
    places = [
        first + place
        for text, first in zip(tokens, firsts, strict=True)
        for place in range(len(text))
    ]
    ids, at = torch.tensor([rows, places], device=embedding.device)
    dim = embedding.shape[1]
    found = F.embedding(ids.clamp(min=0), embedding) * math.sqrt(dim)
    return found.masked_fill((ids < 0)[:, None], 0.0) + positions(at, dim)
