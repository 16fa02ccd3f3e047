"""Processes of a running service, found in /proc."""

import os
import time
from pathlib import Path


def replicas_of(server_pid: int) -> list[int]:
    """Replica processes of a server that has a Ray of its own."""
    raylets = [pid for pid in _all() if _parent(pid) == server_pid and "raylet" in command_of(pid)]
    return [pid for pid in _all() if _parent(pid) in raylets and "ReplicaActor" in command_of(pid)]


def busiest(pids: list[int], over_s: float = 1.0) -> int:
    """The one that computes most."""
    before = {pid: cpu_s(pid) for pid in pids}
    time.sleep(over_s)
    return max(pids, key=lambda pid: cpu_s(pid) - before[pid])


def cpu_s(pid: int) -> float:
    """Processor time so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(pid: int) -> float:
    """Memory now, of what is shared only its share."""
    for line in _read(Path(f"/proc/{pid}/smaps_rollup")).splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def family(pid: int) -> list[int]:
    """A process and all that it has started, directly or not."""
    children = [each for task in _tasks(pid) for each in _read(task / "children").split()]
    return [pid, *(each for child in children for each in family(int(child)))]


def _tasks(pid: int) -> list[Path]:
    return list(Path(f"/proc/{pid}/task").glob("*"))


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


def _all() -> list[int]:
    return [int(path.name) for path in Path("/proc").glob("[0-9]*")]


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0


def command_of(pid: int) -> str:
    """Its command line, which a Ray worker makes the name of its actor."""
    return _read(Path(f"/proc/{pid}/cmdline"))
