"""A model folder of any kind: ours, as a run leaves it, or a checkpoint as it was released."""

from pathlib import Path

import torch
from safetensors import SafetensorError

from interp.core.errors import InterpError
from interp.models.omni.about import is_omni
from interp.models.omni.imported import imported
from interp.models.omni.release import Omni, load_omni
from interp.models.store import WeightsError


def open_omni(folder: Path, device: torch.device | None = None) -> Omni:
    """Ours, mini-omni's litgpt folder, mini-omni2's, or Qwen2's. Raises WeightsError."""
    if not folder.is_dir():
        raise WeightsError(f"there is no folder {folder}")
    try:
        return load_omni(folder, device) if is_omni(folder) else _moved(imported(folder), device)
    except (ValueError, OSError, RuntimeError, KeyError, SafetensorError, InterpError) as error:
        raise WeightsError(f"{folder} is no model that can be asked: {error}") from error


def _moved(model: Omni, device: torch.device | None) -> Omni:
    return Omni(model.card, model.lm.to(device), model.tokens)
