"""Simultaneous interpretation: speech in, target text and speech out.

`translate` takes a recording, `Session` hears live audio in this process, `connect` gives a
`Client` of a server. Sound is [sample] or [sample, channel], floats in [-1, 1] or whole numbers of
full scale; times are milliseconds from the start of the audio. Whatever is refused raises
`InterpError` with a `reason` and one line of text.
"""

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
    from interp.client.client import Client, connect, paced
    from interp.core.config import SessionConfig
    from interp.core.errors import InterpError
    from interp.core.events import Output, SourceText, TargetSpeech, TargetText, WrittenWord
    from interp.intake.format import AudioFormat, Encoding
    from interp.library import Session, Translation, translate
    from interp.wire.messages import StreamConfig

    __version__: str

__all__ = [
    "AudioFormat",
    "Client",
    "Encoding",
    "InterpError",
    "Output",
    "Session",
    "SessionConfig",
    "SourceText",
    "StreamConfig",
    "TargetSpeech",
    "TargetText",
    "Translation",
    "WrittenWord",
    "__version__",
    "connect",
    "paced",
    "translate",
]

_PLACES = {
    "interp.client.client": ("Client", "connect", "paced"),
    "interp.core.config": ("SessionConfig",),
    "interp.core.errors": ("InterpError",),
    "interp.core.events": ("Output", "SourceText", "TargetSpeech", "TargetText", "WrittenWord"),
    "interp.intake.format": ("AudioFormat", "Encoding"),
    "interp.library": ("Session", "Translation", "translate"),
    "interp.wire.messages": ("StreamConfig",),
}


def __getattr__(name: str) -> Any:
    """What the package offers, imported when it is first asked for: torch takes its time."""
    if name == "__version__":
        return importlib.metadata.version("interp")
    for place, names in _PLACES.items():
        if name in names:
            return getattr(importlib.import_module(place), name)
    raise AttributeError(f"module 'interp' has no attribute '{name}'")
