"""Processes of a running service, found in /proc."""

import os
import time
from pathlib import Path


def replicas_of(server_pid: int) -> list[int]:
    """Replica processes of a server that has a Ray of its own."""
    raylets = [pid for pid in _all() if _parent(pid) == server_pid and "raylet" in _command(pid)]
    return [pid for pid in _all() if _parent(pid) in raylets and "ReplicaActor" in _command(pid)]


def busiest(pids: list[int], over_s: float = 1.0) -> int:
    """The one that computes most."""
    before = {pid: cpu_s(pid) for pid in pids}
    time.sleep(over_s)
    return max(pids, key=lambda pid: cpu_s(pid) - before[pid])


def cpu_s(pid: int) -> float:
    """Processor time so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(pid: int, kind: str = "VmRSS") -> float:
    """Memory now (VmRSS) or at most so far (VmHWM)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(kind):
            return int(line.split()[1]) / 1024
    return 0.0


def _all() -> list[int]:
    return [int(path.name) for path in Path("/proc").glob("[0-9]*")]


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
    except OSError:
        return ""
