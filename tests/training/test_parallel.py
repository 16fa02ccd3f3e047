"""Two workers move as one does with both their batches."""

import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import ray
import torch
from torch import nn
from torch.multiprocessing.spawn import spawn

from interp.core.settings import read_settings
from tests.training.test_averaged import Line
from training.data.tones import write_tones
from training.omni.config import OmniRun
from training.omni.prepare import Preparing, prepare
from training.on_ray import Workers, train_on_ray
from training.parallel import joined, mean_gradients, rank
from training.run import LAST, RunConfig

TINY = Path(__file__).parents[2] / "training" / "configs" / "omni_tiny" / "0_text.toml"


def run_in(folder: Path) -> RunConfig:
    return RunConfig(folder, steps=100, warmup_steps=1, learning_rate=0.1, weight_decay=0.0)


def worker(number: int, folder: Path) -> None:
    """Two steps of one of two workers; writes its weights."""
    with joined("cpu", f"file://{folder}/meet", number, 2):
        assert rank() == number
        torch.manual_seed(0)
        line = Line(run_in(folder), nn.Linear(1, 1))
        for _ in range(2):
            line.train_step()
        torch.save(line.model.state_dict(), folder / f"{number}.pt")


def test_two_workers_equal_one_with_both_their_batches(tmp_path: Path) -> None:
    spawn(worker, (tmp_path,), nprocs=2)  # type: ignore[no-untyped-call]
    first, second = (torch.load(tmp_path / f"{number}.pt") for number in range(2))
    assert torch.equal(first["weight"], second["weight"])
    torch.manual_seed(0)
    alone = Line(replace(run_in(tmp_path), accumulate=2), nn.Linear(1, 1))
    draws = [np.random.default_rng(0), np.random.default_rng([0, 1, 0])]
    batches = iter([draws[step % 2] for step in range(4)])
    measure = alone.measure
    alone.measure = lambda net, rng: measure(net, next(batches))  # type: ignore[method-assign]
    for _ in range(2):
        alone.train_step()
    assert torch.allclose(alone.model.weight, first["weight"], atol=1e-6)


def leaver(number: int, folder: Path) -> None:
    """One of two workers, the first of which takes its time to save."""
    with joined("cpu", f"file://{folder}/meet", number, 2):
        if number == 0:
            time.sleep(1.0)
            (folder / "saved").touch()
    assert (folder / "saved").exists()


def test_nobody_goes_on_before_the_first_worker_has_saved(tmp_path: Path) -> None:
    spawn(leaver, (tmp_path,), nprocs=2)  # type: ignore[no-untyped-call]


def test_alone_gradients_stay_as_they_are() -> None:
    net = nn.Linear(1, 1)
    net(torch.ones(1, 1)).backward()
    before = net.weight.grad
    mean_gradients(net)
    assert net.weight.grad is before


@pytest.fixture
def cluster() -> Iterator[None]:
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield
    ray.shutdown()


@pytest.mark.ray
@pytest.mark.slow
@pytest.mark.usefixtures("cluster")
def test_a_killed_worker_costs_a_checkpoint_not_the_run(tmp_path: Path) -> None:
    prepare(Preparing(write_tones(tmp_path / "tones", 40), tmp_path / "data", "mel", None, 60))
    config = read_settings(TINY, OmniRun)
    run = replace(config.run, folder=tmp_path / "run", steps=60, save_every=10, evaluate_every=60)
    config = replace(config, run=run, data=replace(config.data, folder=tmp_path / "data"))
    crews: list[Sequence[int]] = []

    def kill_one() -> None:
        while not (tmp_path / "run" / LAST).exists():
            time.sleep(0.1)
        os.kill(crews[0][1], signal.SIGKILL)

    killer = threading.Thread(target=kill_one)
    killer.start()
    losses = train_on_ray(config, Workers(count=2), crews.append)
    killer.join()
    assert len(crews) == 2
    assert set(losses) == {"t2t/text", "t2tt/text"}
    assert torch.load(tmp_path / "run" / LAST, weights_only=True)["step"] == 60
