"""Parts of what is heard that are kept from the model while it learns, so that it does not lean on
one frame, or on a few numbers of each (Park et al., SpecAugment, arXiv 1904.08779)."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class MaskingConfig:
    """runs: of frames that are silenced, at most, a number drawn for each row; frames: of a run, at
    most. numbers: part of the numbers of a frame that are silenced, the same in the whole row."""

    runs: int = 0
    frames: int = 4
    numbers: float = 0.0

    def __post_init__(self) -> None:
        if self.runs < 0 or self.frames < 1 or not 0 <= self.numbers < 1:
            raise ValueError("runs and frames are counts, numbers is a part below one")


def masked(source: Tensor, config: MaskingConfig, rng: np.random.Generator) -> Tensor:
    """Features [frame, source_dim] with zeros where chance wants them; the same where it never
    does."""
    if not config.runs and not config.numbers:
        return source
    out = source.clone()
    for _ in range(int(rng.integers(config.runs + 1))):
        first, length = int(rng.integers(len(out))), int(rng.integers(config.frames)) + 1
        out[first : first + length] = 0.0
    out[:, torch.from_numpy(rng.random(out.shape[1]) < config.numbers)] = 0.0
    return out
