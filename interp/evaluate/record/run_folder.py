"""A run folder: what was run and on what machine, a log per operating point, and what came of it.

config.json, logs/*.jsonl, metrics.json, report.html, curves.svg, exports/.
"""

import json
import os
import platform
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from interp.evaluate.record.errors import EvaluationError

PACKAGES = ("interp", "numpy", "onnxruntime", "sacrebleu", "torch")


@dataclass(frozen=True, slots=True)
class Environment:
    """Where figures were measured. commit: of the checkout, empty outside of one."""

    commit: str
    python: str
    packages: Mapping[str, str]
    machine: str
    cpu: str
    cores: int


@dataclass(frozen=True, slots=True)
class Resolved:
    """config.json. model_sha256: of the weights, or empty for a server. logs: relative paths."""

    manifest: str
    clips: int
    policies: tuple[str, ...]
    logs: tuple[str, ...]
    source_language: str
    target_language: str
    model: str
    model_sha256: str
    server: str
    sessions: tuple[int, ...]
    workers: int
    environment: Environment


def environment() -> Environment:
    """This machine and checkout."""
    return Environment(
        commit=commit(),
        python=platform.python_version(),
        packages={name: _version(name) for name in PACKAGES},
        machine=f"{platform.system()} {platform.machine()}",
        cpu=_cpu(),
        cores=len(os.sched_getaffinity(0)),
    )


def commit() -> str:
    """The checkout's commit, `-dirty` where files differ from it; empty where there is none."""
    command = ["git", "describe", "--always", "--abbrev=12", "--exclude=*", "--dirty"]
    try:
        found = subprocess.run(
            command, cwd=Path(__file__).parent, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return found.stdout.strip()


def log_path(out: Path, name: str) -> Path:
    """Where the log of an operating point lies: `waitk:k=3,guard_ms=400` in waitk-k=3-guard_ms=400.

    name: the policy, with what else tells the point from others.
    """
    return out / "logs" / (re.sub(r"[^\w.=]+", "-", name) + ".jsonl")


def write_config(out: Path, resolved: Resolved) -> None:
    """Write config.json."""
    out.mkdir(parents=True, exist_ok=True)
    content = json.dumps(asdict(resolved), indent=2, ensure_ascii=False)
    (out / "config.json").write_text(content + "\n", "utf-8")


def read_config(out: Path) -> Resolved:
    """Read config.json. Raises EvaluationError where the folder holds no run."""
    try:
        fields = json.loads((out / "config.json").read_text("utf-8"))
        fields["environment"] = Environment(**fields["environment"])
        for name in ("policies", "logs", "sessions"):
            fields[name] = tuple(fields[name])
        return Resolved(**fields)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise EvaluationError(f"{out} holds no run of this version") from error


def write_metrics(out: Path, scores: Sequence[str]) -> None:
    """Write metrics.json: the points' scores, each as its own JSON text, in the order given."""
    points = [json.loads(score) for score in scores]
    content = json.dumps({"points": points}, indent=1, ensure_ascii=False)
    (out / "metrics.json").write_text(content + "\n", "utf-8")


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _cpu() -> str:
    """The processor's name as Linux tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor())
