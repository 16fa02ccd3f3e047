"""What decays, what accumulates, what a saved state holds."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from tests.models.omni.tiny import compact_config, released_config, tiny_lm
from training.averaged import AveragedLearner, Measured, decayed
from training.run import RunConfig, resume, save


class Line(AveragedLearner[nn.Linear]):
    """Learns y = 3 x, a batch of four points at a time."""

    def measure(self, net: nn.Linear, rng: np.random.Generator) -> Measured:
        x = torch.from_numpy(rng.normal(size=(4, 1)).astype(np.float32))
        loss = (net(x) - 3 * x).square().mean()
        return Measured(loss, {"loss": float(loss.detach())})

    def export(self, folder: Path) -> None:
        (folder / "exported").write_text(str(self.step))


@pytest.fixture
def run(tmp_path: Path) -> RunConfig:
    return RunConfig(tmp_path, steps=100, warmup_steps=1, learning_rate=0.1, weight_decay=0.0)


def line(run: RunConfig) -> Line:
    torch.manual_seed(0)
    return Line(run, nn.Linear(1, 1))


def test_neither_biases_nor_tables_nor_norms_decay() -> None:
    for config in (compact_config(), released_config(tied=False)):
        model = tiny_lm(config)
        names = {id(parameter): name for name, parameter in model.named_parameters()}
        matrices, others = (
            [names[id(p)] for p in group["params"]] for group in decayed(model, 1.0)
        )
        assert not any("bias" in name or "norm" in name or "wte.text" in name for name in matrices)
        assert "transformer.h.0.mlp.proj.weight" in matrices
        assert len(matrices) + len(others) == len(names)


def test_what_is_frozen_is_not_given_to_the_optimiser() -> None:
    model = tiny_lm(compact_config())
    model.transformer.requires_grad_(False)
    given = {id(p) for group in decayed(model, 1.0) for p in group["params"]}
    assert not given & {id(p) for p in model.transformer.parameters()}


def test_accumulated_batches_move_the_weights_by_their_mean(run: RunConfig) -> None:
    halves = line(replace(run, accumulate=2))
    halves.train_step()
    whole = line(run)
    x = torch.cat(
        [torch.from_numpy(whole.rng.normal(size=(4, 1)).astype(np.float32)) for _ in range(2)]
    )
    whole.measure = lambda net, rng: Measured((net(x) - 3 * x).square().mean(), {})  # type: ignore[method-assign]
    whole.train_step()
    assert torch.allclose(halves.model.weight, whole.model.weight, atol=1e-6)


def test_a_resumed_run_is_the_same_to_the_bit(run: RunConfig) -> None:
    straight, first = line(run), line(run)
    for _ in range(4):
        straight.train_step()
    for _ in range(2):
        first.train_step()
    save(run.folder, first)
    second = line(run)
    assert resume(run.folder, second)
    assert second.step == 2
    assert (run.folder / "exported").read_text() == "2"
    for _ in range(2):
        second.train_step()
    assert torch.equal(straight.model.weight, second.model.weight)
    assert torch.equal(straight.averaged().weight, second.averaged().weight)


def test_it_learns(run: RunConfig) -> None:
    learner = line(run)
    first = learner.train_step()["loss"]
    for _ in range(80):
        last = learner.train_step()["loss"]
    assert last < 0.01 * first
