"""What a task of OmniLM training is, and how a run mixes several."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from interp.models.voice.network import SpeakerNet
from training.averaged import Measured


class Task(Protocol):
    """Something to learn."""

    name: str

    def measure(self, model: SpeakerNet, rng: np.random.Generator) -> Measured:
        """Draw a batch and say what `model` loses on it; all chance comes from `rng`."""


@dataclass(frozen=True, slots=True)
class Mix:
    """Tasks and how often each is drawn, in proportion to its weight."""

    tasks: Sequence[Task]
    weights: Sequence[float]

    def __post_init__(self) -> None:
        if len(self.tasks) != len(self.weights) or not self.tasks or min(self.weights) <= 0:
            raise ValueError("every task has a positive weight")

    def draw(self, rng: np.random.Generator) -> Task:
        """The next step's task."""
        shares = np.array(self.weights) / sum(self.weights)
        return self.tasks[int(rng.choice(len(self.tasks), p=shares))]
