"""What a task of OmniLM training is, and how a run mixes several."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from torch import Tensor

from interp.models.omni.voice import Cue, Voice


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of one task. told [row, frame, 7]: codes of the frame before, as the model hears them.
    codes [row, frame, 7]: what it should say. sounding [row, frame]: a symbol sounds there."""

    told: Tensor
    cue: Cue
    codes: Tensor
    sounding: Tensor


@dataclass(frozen=True, slots=True)
class Measured:
    """loss: to minimise. values: its parts by name, for the log."""

    loss: Tensor
    values: dict[str, float]


class Task(Protocol):
    """Draws batches, and says what a model loses on one."""

    name: str

    def batch(self, rng: np.random.Generator) -> Batch:
        """The next batch; all chance comes from `rng`."""

    def loss(self, model: Voice, batch: Batch) -> Measured:
        """What `model` loses on `batch`."""


def draw_task(tasks: Sequence[Task], weights: Sequence[float], rng: np.random.Generator) -> Task:
    """One task, by its weight."""
    shares = np.array(weights) / sum(weights)
    return tasks[int(rng.choice(len(tasks), p=shares))]
