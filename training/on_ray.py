"""A stage on a Ray cluster: one to N workers; a lost one costs what was learnt since the last save.

Plain actors, so that Ray alone is needed. The run folder is on a disk that all workers see.
"""

import os
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import ray

from training.omni.config import OmniRun
from training.omni.stages import train_stage
from training.parallel import joined


@dataclass(frozen=True, slots=True)
class Workers:
    """count: of workers. cpus, gpus: that Ray reserves for each. retries: how often all start again
    from the last save, because one was lost."""

    count: int = 2
    cpus: float = 1.0
    gpus: float = 0.0
    retries: int = 3


class TrainWorker:
    """One process of a run."""

    def meeting_place(self) -> str:
        """An address on this worker's machine that is free now."""
        host = str(ray.util.get_node_ip_address())  # type: ignore[no-untyped-call]
        with socket.socket() as probe:
            probe.bind((host, 0))
            return f"tcp://{host}:{probe.getsockname()[1]}"

    def pid(self) -> int:
        """Of this process."""
        return os.getpid()

    def train(self, config: OmniRun, address: str, number: int, count: int) -> dict[str, float]:
        """Train to the end; held-out losses."""
        with joined(config.run.device, address, number, count):
            return train_stage(config).evaluate()


def train_on_ray(
    config: OmniRun, workers: Workers, told: Callable[[Sequence[int]], None]
) -> dict[str, float]:
    """Train one stage; its held-out losses. Ray is started, or joined, already.

    told: which processes work, anew after each loss. Raises ray.exceptions.RayActorError where
    workers are lost more often than `retries`.
    """
    for left in range(workers.retries, -1, -1):
        crew = _crew(workers)
        try:
            told(ray.get([worker.pid.remote() for worker in crew]))
            address: str = ray.get(crew[0].meeting_place.remote())
            running = [
                worker.train.remote(config, address, number, workers.count)
                for number, worker in enumerate(crew)
            ]
            found: list[dict[str, float]] = ray.get(running)
            return found[0]
        except (ray.exceptions.RayActorError, ray.exceptions.RayTaskError):
            # A lost worker breaks its neighbours' meeting: either may be heard of first.
            if not left:
                raise
        finally:
            for worker in crew:
                ray.kill(worker)
    raise AssertionError("the last try returns or raises")


def _crew(workers: Workers) -> list[Any]:
    kind = ray.remote(TrainWorker).options(num_cpus=workers.cpus, num_gpus=workers.gpus)
    return [kind.remote() for _ in range(workers.count)]
