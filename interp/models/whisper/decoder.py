"""Whisper's text decoder over several sessions at once, with a cache of its own per session."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from interp.models.linear import Linear
from interp.models.precision import Precision
from interp.models.precision_choice import finer, settled
from interp.models.whisper.alignment import alignment_heads
from interp.models.whisper.audience import audiences
from interp.models.whisper.checkpoint import WhisperCheckpoint, WhisperDims
from interp.models.whisper.encoder import Seen
from interp.models.whisper.layers import (
    LayerReader,
    Mlp,
    Norm,
    SelfAttention,
)
from interp.models.whisper.output import Output


@dataclass(frozen=True, slots=True)
class DecoderBlock:
    """One layer of the decoder. cross_query, cross_out: of the attention to the audio."""

    attention: SelfAttention
    cross_norm: Norm
    cross_query: Linear
    cross_out: Linear
    mlp: Mlp
    aligned: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Feed:
    """Tokens to run for one session, for each of its beams as many.

    tokens: [beam][token]. cache: self-attention keys and values [layer, 2, beam, head, position,
    head_dim]; tokens go in from position `first` on. cross: what all of them see of the audio, of
    which the positions after the silent ones up to `heard` are audio.
    """

    tokens: Sequence[Sequence[int]]
    first: int
    cache: Tensor
    cross: Seen
    heard: int

    @property
    def beams(self) -> int:
        """How many texts go on side by side."""
        return len(self.tokens)

    @property
    def length(self) -> int:
        """Tokens of each beam."""
        return len(self.tokens[0])


@dataclass(frozen=True, slots=True)
class Fed:
    """hidden: [beam, token, dim], before the output layer. attention: of the alignment heads over
    the audio, [beam, token, head, heard]."""

    hidden: Tensor
    attention: Tensor


class WhisperDecoder:
    """The decoder's weights, and the pass over new tokens of several sessions."""

    def __init__(self, checkpoint: WhisperCheckpoint, precision: Precision) -> None:
        dims, weights = checkpoint.dims, checkpoint.state_dict
        self.device = weights["decoder.positional_embedding"].device
        read = LayerReader(weights, finer(precision, self.device))
        self.dims: WhisperDims = dims
        self._embedding = weights["decoder.token_embedding.weight"]
        self._positions = weights["decoder.positional_embedding"]
        self._norm = read.norm("decoder.ln")
        heads = alignment_heads(dims)
        self._output = Output(self._embedding, settled(precision, self.device))
        self._blocks = []
        for layer in range(dims.n_text_layer):
            name = f"decoder.blocks.{layer}"
            cross_norm, cross_query = read.normed(
                f"{name}.cross_attn_ln", f"{name}.cross_attn.query"
            )
            self._blocks.append(
                DecoderBlock(
                    attention=read.self_attention(name),
                    cross_norm=cross_norm,
                    cross_query=cross_query,
                    cross_out=read.linear(f"{name}.cross_attn.out"),
                    mlp=read.mlp(name),
                    aligned=tuple(head for at, head in heads if at == layer),
                )
            )

    def init_cache(self, beams: int = 1, positions: int | None = None) -> Tensor:
        """Room for keys and values, [layer, 2, beam, head, position, head_dim]."""
        dims = self.dims
        heads, head_dim = dims.n_text_head, dims.n_text_state // dims.n_text_head
        return self._embedding.new_empty(
            dims.n_text_layer, 2, beams, heads, positions or dims.n_text_ctx, head_dim
        )

    def feed(self, feeds: Sequence[Feed]) -> list[Fed]:
        """Run each session's tokens; writes their keys and values into its cache."""
        looking = audiences(
            [feed.cross for feed in feeds],
            [feed.heard for feed in feeds],
            [feed.beams * feed.length for feed in feeds],
        )
        places = [place for some in looking for place in some.places]
        feeds = [feeds[place] for place in places]  # those that look at the same side by side
        rows = [count for some in looking for count in some.rows]
        x = self._embed(feeds)
        masks = [_causal(feed) for feed in feeds]
        attention: list[list[Tensor]] = [[] for _ in looking]
        for layer, block in enumerate(self._blocks):
            qkv = torch.split(block.attention.qkv(block.attention.norm(x)), rows)
            mixed = [
                _attend_self(feed, layer, part, mask)
                for feed, part, mask in zip(feeds, qkv, masks, strict=True)
            ]
            x = x + block.attention.out(torch.cat(mixed))
            queries = torch.split(
                block.cross_query(block.cross_norm(x)), [some.all_rows for some in looking]
            )
            mixed = [some.attend(layer, q) for some, q in zip(looking, queries, strict=True)]
            if block.aligned:
                for some, query, seen in zip(looking, queries, attention, strict=True):
                    seen.append(some.align(layer, query, block.aligned))
            x = x + block.cross_out(torch.cat(mixed))
            x = x + block.mlp(x)
        weights = [
            part
            for some, seen in zip(looking, attention, strict=True)
            for part in torch.split(torch.cat(seen, dim=1), list(some.rows))
        ]
        fed = [
            Fed(
                hidden.view(feed.beams, feed.length, -1),
                seen.view(feed.beams, feed.length, *seen.shape[1:]),
            )
            for feed, hidden, seen in zip(
                feeds, torch.split(self._norm(x), rows), weights, strict=True
            )
        ]
        return [fed[at] for at in np.argsort(places)]

    def logits(self, hidden: Tensor) -> Tensor:
        """hidden [row, dim] to scores [row, vocab]."""
        return self._output(hidden)

    def _embed(self, feeds: Sequence[Feed]) -> Tensor:
        """Tokens and positions, [session * beam * token, dim]; one transfer to the device."""
        places = [slice(feed.first, feed.first + feed.length) for feed in feeds]
        for feed, place in zip(feeds, places, strict=True):
            assert place.stop <= feed.cache.shape[4], "text longer than the decoder's positions"
        tokens = [token for feed in feeds for row in feed.tokens for token in row]
        embedded = F.embedding(torch.tensor(tokens, device=self.device), self._embedding)
        positions = [
            self._positions[place]
            for feed, place in zip(feeds, places, strict=True)
            for _ in range(feed.beams)
        ]
        return embedded + torch.cat(positions)


def _causal(feed: Feed) -> Tensor | None:
    """Which cached positions each new token sees, [token, position]."""
    if feed.length == 1:
        return None
    mask = feed.cache.new_ones(feed.length, feed.first + feed.length, dtype=torch.bool)
    return mask.tril(feed.first)


def _attend_self(feed: Feed, layer: int, qkv: Tensor, mask: Tensor | None) -> Tensor:
    """qkv: [beam * token, 3 * dim]; what each token mixes of its own beam, [beam * token, dim]."""
    kept = feed.cache[layer]  # [2, beam, head, position, head_dim]
    last = feed.first + feed.length
    fresh = qkv.view(feed.beams, feed.length, 3, kept.shape[2], -1).permute(2, 0, 3, 1, 4)
    kept[:, :, :, feed.first : last] = fresh[1:]
    keys, values = kept[:, :, :, :last]
    mixed = F.scaled_dot_product_attention(fresh[0], keys, values, attn_mask=mask)
    return mixed.transpose(1, 2).flatten(2).flatten(0, 1)
