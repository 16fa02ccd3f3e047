"""Whisper's decoder with a change of low rank to each of its matrices (LoRA, arXiv 2106.09685).

Only the changes learn. What is heard comes as features of the streaming encoder, followed in
cross-attention by the constants that stand for silence, as in `interp.models.whisper`.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from interp.models.whisper.checkpoint import WhisperCheckpoint
from interp.models.whisper.encoder import Silence

CHANGED = (
    "attn.query",
    "attn.key",
    "attn.value",
    "attn.out",
    "cross_attn.query",
    "cross_attn.out",
    "mlp.0",
    "mlp.2",
)
"""Of each block. Keys and values of what is heard stay: they are computed once for all words."""
EXCLUDED = -1e9


@dataclass(frozen=True, slots=True)
class Heard:
    """features [row, position, dim], of which `lengths` [row] count."""

    features: Tensor
    lengths: Tensor


class Changed(nn.Module):
    """A fixed linear layer and what is added to it. At first nothing is."""

    weight: Tensor
    bias: Tensor | None

    def __init__(self, weight: Tensor, bias: Tensor | None, rank: int) -> None:
        super().__init__()
        out, dim = weight.shape
        self.register_buffer("weight", weight, persistent=False)
        self.register_buffer("bias", bias, persistent=False)
        self.down = nn.Parameter(torch.randn(rank, dim) / math.sqrt(dim))
        self.up = nn.Parameter(torch.zeros(out, rank))

    def forward(self, x: Tensor) -> Tensor:
        """x [..., dim] to [..., out]."""
        return F.linear(x, self.weight, self.bias) + F.linear(F.linear(x, self.down), self.up)


class TaughtDecoder(nn.Module):
    """The decoder over whole texts, side by side."""

    def __init__(self, checkpoint: WhisperCheckpoint, silence: Silence, rank: int) -> None:
        super().__init__()
        self.dims = checkpoint.dims
        for name, tensor in checkpoint.state_dict.items():
            if name.startswith("decoder."):
                self.register_buffer(_flat(name), tensor, persistent=False)
        self.register_buffer("silence", silence.data, persistent=False)
        self.register_buffer("places", torch.tensor(silence.places), persistent=False)
        self._weight = silence.weight
        weights = checkpoint.state_dict
        self.changes = {
            name: Changed(weights[f"{name}.weight"], weights.get(f"{name}.bias"), rank)
            for name in changed_names(self.dims.n_text_layer)
        }
        self.learnt = nn.ModuleList(self.changes.values())

    def hidden(self, tokens: Tensor, heard: Heard) -> Tensor:
        """What follows each token [row, token], before the output layer: [row, token, dim]."""
        count = tokens.shape[1]
        x = F.embedding(tokens, self._of("decoder.token_embedding.weight"))
        x = x + self._of("decoder.positional_embedding")[:count]
        mask = self._mask(heard)
        for layer in range(self.dims.n_text_layer):
            block = f"decoder.blocks.{layer}"
            y = self._norm(f"{block}.attn_ln", x)
            query, key, value = (
                self._heads(self._linear(f"{block}.attn.{part}", y))
                for part in ("query", "key", "value")
            )
            mixed = F.scaled_dot_product_attention(query, key, value, is_causal=True)
            x = x + self._linear(f"{block}.attn.out", mixed.transpose(1, 2).flatten(2))
            query = self._heads(
                self._linear(f"{block}.cross_attn.query", self._norm(f"{block}.cross_attn_ln", x))
            )
            key, value = self._keys_values(layer, heard.features)
            mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=mask)
            x = x + self._linear(f"{block}.cross_attn.out", mixed.transpose(1, 2).flatten(2))
            y = F.gelu(self._linear(f"{block}.mlp.0", self._norm(f"{block}.mlp_ln", x)))
            x = x + self._linear(f"{block}.mlp.2", y)
        return self._norm("decoder.ln", x)

    def logits(self, hidden: Tensor) -> Tensor:
        """[..., dim] to [..., vocab]."""
        return F.linear(hidden, self._of("decoder.token_embedding.weight"))

    def _of(self, name: str) -> Tensor:
        return self.get_buffer(_flat(name))

    def _linear(self, name: str, x: Tensor) -> Tensor:
        found: Tensor = self.changes[name](x)
        return found

    def _norm(self, name: str, x: Tensor) -> Tensor:
        weight, bias = self._of(f"{name}.weight"), self._of(f"{name}.bias")
        return F.layer_norm(x, weight.shape, weight, bias)

    def _heads(self, x: Tensor) -> Tensor:
        """[row, token, dim] to [row, head, token, head_dim]."""
        rows, tokens, _ = x.shape
        return x.view(rows, tokens, self.dims.n_text_head, -1).transpose(1, 2)

    def _keys_values(self, layer: int, features: Tensor) -> tuple[Tensor, Tensor]:
        """Of the silence, then of what was heard, [row, head, position, head_dim]."""
        name, silent = f"decoder.blocks.{layer}.cross_attn", self.get_buffer("silence")[layer]
        key = F.linear(features, self._of(f"{name}.key.weight"))
        value = F.linear(features, self._of(f"{name}.value.weight"), self._of(f"{name}.value.bias"))
        rows = len(features)
        return (
            torch.cat([silent[0].expand(rows, -1, -1, -1), self._heads(key)], dim=2),
            torch.cat([silent[1].expand(rows, -1, -1, -1), self._heads(value)], dim=2),
        )

    def _mask(self, heard: Heard) -> Tensor:
        """To add to the scores, [row, 1, 1, position]: silence after the end of what was heard
        counts as often as it stands for positions, padding not at all."""
        lengths = heard.lengths[:, None]
        silent = self.get_buffer("places")[None] < lengths
        own = torch.arange(heard.features.shape[1], device=lengths.device)[None] >= lengths
        tail = silent * EXCLUDED + ~silent * math.log(self._weight)
        bias = torch.cat([tail, own * EXCLUDED], dim=1)
        return bias[:, None, None]


def changed_names(layers: int) -> list[str]:
    """The layers that are changed in a decoder of so many blocks."""
    return [f"decoder.blocks.{layer}.{part}" for layer in range(layers) for part in CHANGED]


def _flat(name: str) -> str:
    return name.replace(".", "_")
