"""The change of a decoder as a file, and a checkpoint with it applied."""

from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from interp.models.whisper.checkpoint import WhisperCheckpoint
from training.whisper.network import TaughtDecoder, changed_names

DELTA = "delta.safetensors"


def save_delta(path: Path, net: TaughtDecoder) -> None:
    """Write the factors of each change as float16, named after the matrix that they change."""
    tensors = {}
    for name, change in net.changes.items():
        tensors[f"{name}.down"] = change.down.detach().to("cpu", torch.float16).contiguous()
        tensors[f"{name}.up"] = change.up.detach().to("cpu", torch.float16).contiguous()
    save_file(tensors, path)


def with_delta(checkpoint: WhisperCheckpoint, path: Path) -> WhisperCheckpoint:
    """The checkpoint with the change of a file. Raises ValueError where it is of another model."""
    tensors, weights = load_file(path), dict(checkpoint.state_dict)
    for name in changed_names(checkpoint.dims.n_text_layer):
        weight = weights[f"{name}.weight"]
        if f"{name}.up" not in tensors:
            raise ValueError(f"{path} has no change of {name}")
        change = tensors[f"{name}.up"].float() @ tensors[f"{name}.down"].float()
        if change.shape != weight.shape:
            raise ValueError(f"{path} is of a Whisper of another size")
        weights[f"{name}.weight"] = weight + change.to(weight.device)
    return WhisperCheckpoint(checkpoint.dims, weights)
