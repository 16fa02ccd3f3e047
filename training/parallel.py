"""Several workers on one run: each draws rows of its own, all move their weights by the mean.

The core loop knows nothing of who started them: torchrun, or Ray (`on_ray.py`).
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import distributed, nn


def rank() -> int:
    """Number of this worker; the first one logs and saves."""
    return distributed.get_rank() if _together() else 0


def mean_gradients(model: nn.Module) -> None:
    """Make every worker's gradients the mean of all; what has none counts as zero."""
    if not _together():
        return
    learning = [parameter for parameter in model.parameters() if parameter.requires_grad]
    for parameter in learning:
        if parameter.grad is None:
            parameter.grad = torch.zeros_like(parameter)
    flat = torch.cat([parameter.grad.flatten() for parameter in learning])  # type: ignore[union-attr]
    distributed.all_reduce(flat)
    flat /= distributed.get_world_size()
    parts = torch.split(flat, [parameter.numel() for parameter in learning])
    for parameter, part in zip(learning, parts, strict=True):
        parameter.grad = part.view_as(parameter)


@contextmanager
def joined(
    device: str, address: str = "env://", number: int = -1, count: int = -1
) -> Iterator[None]:
    """A worker among others. address: where they meet, `tcp://host:port`; torchrun's by default.

    number, count: which of how many; torchrun says so itself. All leave together: the next stage
    starts from what the first of them has saved.
    """
    backend = "nccl" if device.startswith("cuda") else "gloo"
    distributed.init_process_group(backend, init_method=address, rank=number, world_size=count)
    try:
        yield
        distributed.barrier()
    finally:
        distributed.destroy_process_group()


def launched_by_torchrun() -> bool:
    """Whether this process is one of torchrun's."""
    return distributed.is_available() and distributed.is_torchelastic_launched()


def _together() -> bool:
    return distributed.is_available() and distributed.is_initialized()
