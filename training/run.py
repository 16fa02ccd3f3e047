"""A run of training and its rhythm: one loop for every model that is made here."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
from torch.utils.tensorboard import SummaryWriter
from tqdm import tqdm

from training.parallel import rank

LOG_EVERY = 20
LAST = "last.pt"


class Rhythm(Protocol):
    """What the loop asks of a run's configuration, in steps."""

    @property
    def folder(self) -> Path:
        """Where the run is written."""

    @property
    def steps(self) -> int:
        """In all."""

    @property
    def save_every(self) -> int:
        """Between two saved states."""

    @property
    def evaluate_every(self) -> int:
        """Between two looks."""

    @property
    def warmup_steps(self) -> int:
        """Until the rate is reached."""

    @property
    def learning_rate(self) -> float:
        """The highest."""

    @property
    def final_rate(self) -> float:
        """At the last step."""


@dataclass(frozen=True, slots=True)
class RunConfig:
    """A `Rhythm`, and how the weights move. average: decay of the running mean of the weights,
    which is what is evaluated and shipped. bfloat16: matrix products in bfloat16, where the machine
    has them. accumulate: batches whose gradients make one step."""

    folder: Path
    steps: int = 6_000
    warmup_steps: int = 100
    learning_rate: float = 1.5e-3
    final_rate: float = 5e-5
    weight_decay: float = 0.05
    clip: float = 1.0
    average: float = 0.998
    seed: int = 0
    threads: int = 2
    device: str = "cpu"
    bfloat16: bool = False
    accumulate: int = 1
    save_every: int = 200
    evaluate_every: int = 500


class Learner(Protocol):
    """A model that learns. Everything that a step changes is in its state."""

    step: int
    device: torch.device

    def train_step(self) -> dict[str, float]:
        """One step; what it measured, by name. The headline stands first."""

    def state(self) -> dict[str, Any]:
        """All that `restore` needs, beside the step and torch's chance."""

    def restore(self, state: dict[str, Any]) -> None:
        """Be as when the state was taken."""

    def export(self, folder: Path) -> None:
        """Write the weights for use."""


Look = Callable[[SummaryWriter], None]
"""Measures what has been learnt, and writes it to the board."""


def train(rhythm: Rhythm, learner: Learner, look: Look, *, shown: int = 3) -> None:
    """Steps up to the configured number, with logs, looks and saved states.

    shown: how many of the measured figures stand beside the progress and the time left. Of several
    workers only the first logs, looks and saves.
    """
    if rank():
        while learner.step < rhythm.steps:
            learner.train_step()
        return
    progress = tqdm(total=rhythm.steps, initial=learner.step, unit="step", mininterval=5)
    with SummaryWriter(str(rhythm.folder / "events")) as board, progress:
        while learner.step < rhythm.steps:
            started = time.monotonic()
            measured = learner.train_step()
            progress.update()
            if learner.step % LOG_EVERY == 0:
                headline = list(measured.items())[:shown]
                progress.set_postfix({name: f"{value:.3g}" for name, value in headline})
                measured["steps_per_s"] = 1 / (time.monotonic() - started)
                for name, value in measured.items():
                    board.add_scalar(f"train/{name}", value, learner.step)
            if learner.step % rhythm.evaluate_every == 0:
                look(board)
            if learner.step % rhythm.save_every == 0:
                save(rhythm.folder, learner)
    save(rhythm.folder, learner)


def save(folder: Path, learner: Learner) -> None:
    """Write the state for going on, and the weights for use; both replace the last ones."""
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / "last.partial"
    chance = {"torch_rng": torch.get_rng_state()}
    if learner.device.type == "cuda":
        chance["cuda_rng"] = torch.cuda.get_rng_state(learner.device)
    torch.save(learner.state() | chance | {"step": learner.step}, partial)
    partial.rename(folder / LAST)
    learner.export(folder)


def resume(folder: Path, learner: Learner) -> bool:
    """Take up the last saved state of the folder; False where there is none."""
    path = folder / LAST
    if not path.exists():
        return False
    state = torch.load(path, weights_only=True, map_location=learner.device)
    learner.step = state["step"]
    learner.restore(state)
    torch.set_rng_state(state["torch_rng"].cpu())
    if learner.device.type == "cuda" and "cuda_rng" in state:
        torch.cuda.set_rng_state(state["cuda_rng"].cpu(), learner.device)
    return True


def rate_at(step: int, rhythm: Rhythm) -> float:
    """Learning rate: linear warm-up, then a cosine down to the final rate."""
    top, end = rhythm.learning_rate, rhythm.final_rate
    if step < rhythm.warmup_steps:
        return top * (step + 1) / rhythm.warmup_steps
    done = (step - rhythm.warmup_steps) / max(1, rhythm.steps - rhythm.warmup_steps)
    return end + (top - end) * (1 + math.cos(math.pi * min(1.0, done))) / 2
