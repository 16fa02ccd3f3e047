"""The JSON line that ends a benchmark of the cluster: figures, and where they were measured."""

import json
import os
import platform
import subprocess
from collections.abc import Iterable
from typing import Any

import ray


def print_report(benchmark: str, rows: Iterable[dict[str, Any]]) -> None:
    """Print one line of JSON with commit, device and versions."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True
    )
    report = {
        "benchmark": benchmark,
        "commit": commit.stdout.strip(),
        "device": f"{platform.machine()}, {os.cpu_count()} cores",
        "versions": {"python": platform.python_version(), "ray": ray.__version__},
        "rows": list(rows),
    }
    print(json.dumps(report))
