"""Simultaneous interpretation: speech in, target text and speech out."""

import os

# No library below reports to anybody. They look when they are imported, and this comes before all.
for _name, _value in {
    "DO_NOT_TRACK": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "ORT_DISABLE_TELEMETRY": "1",
    "RAY_USAGE_STATS_ENABLED": "0",
}.items():
    os.environ.setdefault(_name, _value)
