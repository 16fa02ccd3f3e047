"""The change of a decoder as the file that `interp.models.whisper.delta` reads."""

from pathlib import Path

import torch
from safetensors.torch import save_file

from training.whisper.network import TaughtDecoder

DELTA = "delta.safetensors"


def save_delta(path: Path, net: TaughtDecoder) -> None:
    """Write the factors of each change as float16, named after the matrix that they change."""
    tensors = {}
    for name, change in net.changes.items():
        tensors[f"{name}.down"] = change.down.detach().to("cpu", torch.float16).contiguous()
        tensors[f"{name}.up"] = change.up.detach().to("cpu", torch.float16).contiguous()
    save_file(tensors, path)
