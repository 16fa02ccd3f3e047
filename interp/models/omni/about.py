"""What an OmniLM of our own says of itself in the file of its weights, which may be read alone."""

import json
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open

from interp.models.store import WeightsError

WEIGHTS = "omni.safetensors"
ABOUT = "omni"
"""Where in the file's header it is."""


def is_omni(folder: Path) -> bool:
    """Whether an OmniLM of our own is there."""
    return (folder / WEIGHTS).is_file()


def read_about(folder: Path) -> dict[str, Any]:
    """As JSON has it. Raises OSError, ValueError, SafetensorError."""
    with safe_open(folder / WEIGHTS, framework="np") as file:
        header = file.metadata() or {}
    if ABOUT not in header:
        raise ValueError(f"{folder / WEIGHTS} is not an OmniLM's file")
    about = json.loads(header[ABOUT])
    if not isinstance(about, dict):
        raise ValueError(f"{folder / WEIGHTS} says nothing of itself")
    return about


def check_omni(folder: Path) -> None:
    """Whether there is one that can be read, without reading it. Raises WeightsError."""
    try:
        read_about(folder)
    except (ValueError, OSError, SafetensorError) as error:
        raise WeightsError(f"{folder} is no model that can be asked: {error}") from error
