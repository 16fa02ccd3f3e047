"""OmniLM weights on disk: mini-omni's released file, and our own safetensors."""

import warnings
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from interp.models.omni.config import OmniConfig
from interp.models.omni.lm import OmniLM

_TABLE, _HEAD = "transformer.wte.weight", "lm_head.weight"


def load_released(path: Path, config: OmniConfig, device: torch.device | None = None) -> OmniLM:
    """mini-omni's `lit_model.pth`, or a safetensors conversion of it, as an OmniLM.

    The file holds the embedding and the output head separately. With config.tied the embedding
    serves as both, as upstream's loader has it; a warning says where the file disagrees. device:
    None is the CPU. Raises ValueError for missing, unknown or misshapen tensors.
    """
    tensors = _read(path)
    if _TABLE not in tensors or _HEAD not in tensors:
        raise ValueError(f"{path} holds no {_TABLE} or no {_HEAD}")
    same = torch.equal(tensors[_TABLE], tensors[_HEAD])
    if same != config.tied:
        warnings.warn(
            f"{path}: embedding and output head are {'equal' if same else 'different'}, "
            f"the configuration says {'tied' if config.tied else 'untied'}",
            stacklevel=2,
        )
    if config.tied:
        tensors[_HEAD] = tensors[_TABLE]
    with torch.device("meta"):
        model = OmniLM(config)
    try:
        model.load_state_dict(tensors, strict=True, assign=True)
    except RuntimeError as error:
        raise ValueError(f"{path} is not an OmniLM of this configuration: {error}") from error
    if config.tied:
        model.tie()
    return model.to(device).eval()


def _read(path: Path) -> dict[str, Tensor]:
    """All tensors but mini-omni2's of pictures, which nothing here sees."""
    if path.suffix == ".safetensors":
        tensors = load_file(path)
    else:
        tensors = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    if not isinstance(tensors, dict):
        raise ValueError(f"{path} holds no table of tensors")
    return {
        str(name): tensor.float()
        for name, tensor in tensors.items()
        if not str(name).startswith("vision_adapter.")
    }
