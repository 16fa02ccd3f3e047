"""A network under AdamW, with a running mean of its weights: a `Learner` but for what it learns."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from interp.models.omni.heads import CodeVectors, ParallelHead
from training.parallel import mean_gradients, rank
from training.run import RunConfig, rate_at

NetT = TypeVar("NetT", bound=nn.Module)
BETAS = (0.9, 0.98)


@dataclass(frozen=True, slots=True)
class Measured:
    """loss: to minimise. values: its parts by name, for the log."""

    loss: Tensor
    values: dict[str, float]


class AveragedLearner(ABC, Generic[NetT]):
    """Everything that a step changes is in its state; torch's chance is the run's to keep."""

    def __init__(self, run: RunConfig, net: NetT) -> None:
        self.run, self.step = run, 0
        self.device = torch.device(run.device)
        self.model = net.to(self.device)
        self.average = AveragedModel(
            self.model,
            multi_avg_fn=get_ema_multi_avg_fn(run.average),  # type: ignore[no-untyped-call]
        )
        self.rng = self._chance()
        groups = decayed(self.model, run.weight_decay)
        self.optimiser = torch.optim.AdamW(groups, betas=BETAS, fused=True)

    @abstractmethod
    def measure(self, net: NetT, rng: np.random.Generator) -> Measured:
        """What `net` loses on a batch; all chance comes from `rng`, but for dropout."""

    @abstractmethod
    def export(self, folder: Path) -> None:
        """As Learner.export."""

    def train_step(self) -> dict[str, float]:
        """As Learner.train_step."""
        for group in self.optimiser.param_groups:
            group["lr"] = rate_at(self.step, self.run)
        self.optimiser.zero_grad(set_to_none=True)
        values: dict[str, float] = {}
        for _ in range(self.run.accumulate):
            with torch.autocast(self.device.type, torch.bfloat16, enabled=self.run.bfloat16):
                measured = self.measure(self.model.train(), self.rng)
            (measured.loss / self.run.accumulate).backward()  # type: ignore[no-untyped-call]
            values |= measured.values
        mean_gradients(self.model)
        nn.utils.clip_grad_norm_(self.model.parameters(), self.run.clip)
        self.optimiser.step()
        self.average.update_parameters(self.model)
        self.step += 1
        return values

    def averaged(self) -> NetT:
        """The running mean of the weights."""
        return cast(NetT, self.average.module)

    def state(self) -> dict[str, Any]:
        """As Learner.state."""
        return {
            "model": self.model.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "rng": self.rng.bit_generator.state,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """As Learner.restore."""
        self.model.load_state_dict(state["model"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        if rank():
            self.rng = self._chance()  # what is saved is the first worker's
        else:
            self.rng.bit_generator.state = state["rng"]

    def _chance(self) -> np.random.Generator:
        """Every worker draws rows of its own; one that goes on draws others than it began with."""
        number = rank()
        return np.random.default_rng(
            [self.run.seed, number, self.step] if number else self.run.seed
        )


def decayed(model: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """What learns, in two groups: matrices, which decay, and biases, norms and tables, which do
    not."""
    tables = {
        id(module.weight)
        for module in model.modules()
        if isinstance(module, nn.Embedding | CodeVectors | ParallelHead)
    }
    matrices: list[nn.Parameter] = []
    others: list[nn.Parameter] = []
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            kept = parameter.ndim < 2 or id(parameter) in tables or name.endswith("bias")
            (others if kept else matrices).append(parameter)
    return [
        {"params": matrices, "weight_decay": weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
