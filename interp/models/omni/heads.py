"""From ids to vectors and from vectors to ids, in two forms.

Released: one table of all eight vocabularies in, one out. Compact: codes are short vectors shared
by the rows of a SNAC level, and the seven audio rows of a frame are written one after the other.
"""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from interp.models.omni.config import OmniConfig
from interp.models.omni.grid import AUDIO_ROWS, LEVEL_OF_ROW, LEVELS, ROWS, TEXT_ROW
from interp.models.omni.layers import RMSNorm


class FullTable(nn.Embedding):
    """mini-omni's one table over text and seven audio vocabularies."""

    def __init__(self, config: OmniConfig) -> None:
        super().__init__(config.layout.total_vocab, config.dim)
        self.layout = config.layout

    def rows(self, ids: Tensor) -> Tensor:
        """Local ids [..., 8] to one vector a row [..., 8, dim]."""
        out: Tensor = self(self.layout.absolute(ids))
        return out


class CodeVectors(nn.Module):
    """A vector of `rank` numbers for each code and special id of each SNAC level."""

    def __init__(self, config: OmniConfig) -> None:
        super().__init__()
        shape = (LEVELS, config.layout.audio_vocab, config.code_rank)
        self.weight = nn.Parameter(torch.randn(shape))

    def of_row(self, row: int) -> Tensor:
        """The table [id, rank] of one audio row."""
        return self.weight[LEVEL_OF_ROW[row]]

    @torch.no_grad()
    def start_from(self, codebooks: Sequence[Tensor], generator: torch.Generator) -> None:
        """Random smooth features of the codec's own code vectors [code, 8], one a level.

        Codes that sound alike start alike, which a model with little data cannot learn by itself.
        Half of the features are linear, half cosines of random projections (Rahimi, Recht 2007).
        """
        rank = self.weight.shape[-1]
        for level, codebook in enumerate(codebooks):
            unit = F.normalize(codebook.float(), dim=-1)
            mix = torch.randn(unit.shape[-1], rank, generator=generator)
            phase = torch.rand(rank // 2, generator=generator) * 2 * math.pi
            wave = torch.cos(2 * unit @ mix[:, : rank // 2] + phase) * math.sqrt(2)
            self.weight[level, : len(unit)] = torch.cat((wave, unit @ mix[:, rank // 2 :]), dim=-1)


class CompactTable(nn.Module):
    """Text vectors of their own; code vectors brought to the model's width by a matrix a row."""

    def __init__(self, config: OmniConfig) -> None:
        super().__init__()
        self.text = nn.Embedding(config.layout.text_vocab, config.dim)
        scale = 1 / math.sqrt(config.code_rank)
        self.into = nn.Parameter(torch.randn(AUDIO_ROWS, config.code_rank, config.dim) * scale)

    def mean(self, ids: Tensor, codes: CodeVectors) -> Tensor:
        """Mean [..., dim] of the eight rows' vectors, ids [..., 8]."""
        heard = [codes.of_row(row)[ids[..., row]] for row in range(AUDIO_ROWS)]
        audio = torch.cat(heard, dim=-1) @ self.into.flatten(0, 1)
        out: Tensor = (audio + self.text(ids[..., TEXT_ROW])) / ROWS
        return out


Pick = Callable[[int, Tensor], Tensor]
"""Chooses ids [...] of an audio row from its logits [..., audio_vocab]."""


class ChainedHeads(nn.Module):
    """Seven small heads; row i reads the hidden vector and the codes of rows 0 .. i-1."""

    def __init__(self, config: OmniConfig) -> None:
        super().__init__()
        dim, rank, width = config.dim, config.code_rank, config.chain_dim
        self.start = nn.Linear(dim, AUDIO_ROWS * width)
        self.link = nn.ModuleList(
            nn.Linear(rank, (AUDIO_ROWS - 1 - row) * width, bias=False)
            for row in range(AUDIO_ROWS - 1)
        )
        self.norm = nn.ModuleList(RMSNorm(width, config.norm_eps) for _ in range(AUDIO_ROWS))
        self.up = nn.ModuleList(nn.Linear(width, 2 * width) for _ in range(AUDIO_ROWS))
        self.down = nn.ModuleList(nn.Linear(2 * width, rank) for _ in range(AUDIO_ROWS))
        self.bias = nn.Parameter(torch.zeros(AUDIO_ROWS, config.layout.audio_vocab))
        self.width = width

    def walk(self, hidden: Tensor, codes: CodeVectors, pick: Pick) -> Tensor:
        """Call `pick` on the logits of each row in turn; what it chose, [..., 7]."""
        ahead = self.start(hidden).unflatten(-1, (AUDIO_ROWS, self.width))
        chosen: list[Tensor] = []
        for row in range(AUDIO_ROWS):
            inner = F.silu(self.up[row](self.norm[row](ahead[..., 0, :])))
            table = codes.of_row(row)
            chosen.append(pick(row, F.linear(self.down[row](inner), table, self.bias[row])))
            if row < AUDIO_ROWS - 1:
                told = self.link[row](table[chosen[-1]])
                ahead = ahead[..., 1:, :] + told.unflatten(-1, (-1, self.width))
        return torch.stack(chosen, dim=-1)


class ParallelHead(nn.Linear):
    """mini-omni's one output matrix; each row of the grid is a slice of its logits."""

    def __init__(self, config: OmniConfig) -> None:
        super().__init__(config.dim, config.layout.total_vocab, bias=False)
        self.layout = config.layout

    def text(self, hidden: Tensor) -> Tensor:
        """Logits [..., text_vocab]."""
        return F.linear(hidden, self.weight[: self.layout.text_vocab])

    def walk(self, hidden: Tensor, pick: Pick) -> Tensor:
        """Call `pick` on the logits of each row, blind to the others; what it chose, [..., 7]."""
        logits = F.linear(hidden, self.weight[self.layout.text_vocab :])
        rows = logits.reshape(*logits.shape[:-1], AUDIO_ROWS, -1).unbind(-2)
        return torch.stack([pick(row, of_row) for row, of_row in enumerate(rows)], dim=-1)
