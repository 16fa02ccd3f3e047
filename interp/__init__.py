"""Simultaneous interpretation: speech in, target text and speech out."""

import importlib
import importlib.metadata
import os
from typing import TYPE_CHECKING, Any

# No library below reports to anybody. They look when they are imported, and this comes before all.
for _name, _value in {
    "DO_NOT_TRACK": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "ORT_DISABLE_TELEMETRY": "1",
    "RAY_USAGE_STATS_ENABLED": "0",
}.items():
    os.environ.setdefault(_name, _value)

if TYPE_CHECKING:
    from interp.client.client import Client, connect
    from interp.library import Session, Translation, translate

    __version__: str

__all__ = ["Client", "Session", "Translation", "__version__", "connect", "translate"]

_PLACES = {
    "Client": "interp.client.client",
    "connect": "interp.client.client",
    "Session": "interp.library",
    "Translation": "interp.library",
    "translate": "interp.library",
}


def __getattr__(name: str) -> Any:
    """What the package offers, imported when it is first asked for: torch takes its time."""
    if name == "__version__":
        return importlib.metadata.version("interp")
    if name in _PLACES:
        return getattr(importlib.import_module(_PLACES[name]), name)
    raise AttributeError(f"module 'interp' has no attribute '{name}'")
