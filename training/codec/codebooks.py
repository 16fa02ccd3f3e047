"""The codebooks over a run: open at first, filled by k-means, then kept in use."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import nn

from training.codec.config import CodebookConfig
from training.codec.quantise import (
    Quantised,
    kmeans,
    levels_of,
    move_codes,
    pass_open,
    quantise,
    revive,
)


@dataclass(slots=True)
class CodebookState:
    """filled: codes are in use. memory: per level, the last latents, oldest first."""

    filled: bool
    memory: list[torch.Tensor]


class Codebooks:
    """Quantises the batches of a run and looks after the codebooks of `model` between them."""

    def __init__(
        self,
        model: nn.Module,
        strides: Sequence[int],
        config: CodebookConfig,
        seed: int,
        frozen: bool = False,
    ) -> None:
        self._levels = levels_of(model, strides)
        self._config = config
        self._seed = seed
        self._frozen = frozen
        self.state = CodebookState(False, [level.codebook.new_empty(0) for level in self._levels])
        for level in self._levels:
            level.codebook.requires_grad_(False)

    def quantise(self, z: torch.Tensor, step: int) -> Quantised:
        """z [batch, latent_dim, frame] through the codebooks, or past them while they are open."""
        if self.state.filled:
            return quantise(self._levels, z)
        return pass_open(self._levels, z, self._config.open_noise, self._seed + step)

    def after_step(self, batch: Quantised, step: int) -> int:
        """Learn from the latents of a batch; returns how many codes were revived."""
        if self._frozen:
            return 0
        self._remember(batch.latents)
        if not self.state.filled:
            if step + 1 >= self._config.open_steps and self._remembers(self._config.fill_vectors):
                self._fill()
            return 0
        for level, latents, codes in zip(self._levels, batch.latents, batch.codes, strict=True):
            move_codes(level, latents, codes, self._config.mean_rate)
        if (step + 1) % self._config.revive_every or not self._remembers(self._config.memory):
            return 0
        return sum(
            revive(level, memory, self._seed + step)
            for level, memory in zip(self._levels, self.state.memory, strict=True)
        )

    def _remembers(self, vectors: int) -> bool:
        return all(len(memory) >= min(vectors, self._capacity) for memory in self.state.memory)

    @property
    def _capacity(self) -> int:
        return self._config.memory if self.state.filled else self._config.fill_vectors

    def _remember(self, latents: list[torch.Tensor]) -> None:
        self.state.memory = [
            torch.cat([old.reshape(-1, new.shape[1]), new])[-self._capacity :]
            for old, new in zip(self.state.memory, latents, strict=True)
        ]

    @torch.no_grad()
    def _fill(self) -> None:
        for number, (level, memory) in enumerate(zip(self._levels, self.state.memory, strict=True)):
            level.codebook.copy_(kmeans(memory, len(level.codebook), self._seed + number))
        self.state = CodebookState(True, [memory[:0] for memory in self.state.memory])
