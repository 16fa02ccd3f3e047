"""SNAC at 24 kHz: speech to three lists of codes and back, whole or frame by frame.

The one file that imports `snac`. Weights: a folder with config.json and model.safetensors (ours) or
pytorch_model.bin (`hubertsiuzdak/snac_24khz`).
"""

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path

import safetensors.torch
import snac
import torch
from torch import nn

from interp.core.audio import TARGET_RATE_HZ


@dataclass(frozen=True, slots=True)
class SnacConfig:
    """The shape of a SNAC; the names are those of its config.json."""

    sampling_rate: int = TARGET_RATE_HZ
    encoder_dim: int = 48
    encoder_rates: tuple[int, ...] = (2, 4, 8, 8)
    decoder_dim: int = 1024
    decoder_rates: tuple[int, ...] = (8, 8, 4, 2)
    attn_window_size: int | None = None
    codebook_size: int = 4096
    codebook_dim: int = 8
    vq_strides: tuple[int, ...] = (4, 2, 1)
    noise: bool = True
    depthwise: bool = True


def build_snac(config: SnacConfig) -> nn.Module:
    """A SNAC with random weights; `encoder`, `quantizer` and `decoder` are its parts."""
    model: nn.Module = snac.SNAC(**dataclasses.asdict(config))
    return model


def read_config(folder: Path) -> SnacConfig:
    """config.json of a folder of weights; unknown keys are refused."""
    table = json.loads((folder / "config.json").read_text("utf-8"))
    table.pop("latent_dim", None)
    lists = {key: tuple(value) for key, value in table.items() if isinstance(value, list)}
    return SnacConfig(**{**table, **lists})


def write_weights(model: nn.Module, config: SnacConfig, folder: Path, dtype: torch.dtype) -> None:
    """Write config.json and model.safetensors."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {
        name: tensor.detach().to(dtype).contiguous() for name, tensor in model.state_dict().items()
    }
    safetensors.torch.save_file(tensors, folder / "model.safetensors")
    text = json.dumps(dataclasses.asdict(config), indent=2)
    (folder / "config.json").write_text(text + "\n", "utf-8")
