"""Processes of a running service, found in /proc."""

import os
import signal
import time
from pathlib import Path

from interp.cluster.mould import REPLICA


def replicas_of(pid: int) -> list[int]:
    """Replica processes below a server that has a Ray of its own, or below a node's raylet."""
    return [each for each in family(pid) if name_of(each) == REPLICA]


def carriers_of(pid: int) -> list[int]:
    """Processes that carry calls to those, one for each."""
    return [each for each in family(pid) if "ReplicaActor" in command_of(each)]


def kill_decoders(number: signal.Signals = signal.SIGKILL) -> int:
    """Send a signal to all container decoders of this process; how many there are."""
    below = family(os.getpid())[1:]
    nurseries = {pid for pid in below if "interp.intake.nursery" in command_of(pid)}
    decoders = {pid for nursery in nurseries for pid in family(nursery)[1:]}
    for pid in decoders:
        os.kill(pid, number)
    return len(decoders)


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
    return _rolled_up_mb(pid, "Pss")


def own_mb(pid: int) -> float:
    """Memory that it made itself, forked or not, of what is shared only its share.

    Of files that it maps, the share depends on who else on the machine does so at the moment: by
    60 MB and more for one process of ours, whatever that does.
    """
    return sum(_rolled_up_mb(pid, kind) for kind in ("Pss_Anon", "Pss_Shmem", "SwapPss"))


def own_family_mb() -> float:
    """The same of this process and all that it started."""
    return sum(own_mb(pid) for pid in family(os.getpid()))


def _rolled_up_mb(pid: int, kind: str) -> float:
    for line in _read(Path(f"/proc/{pid}/smaps_rollup")).splitlines():
        if line.startswith(f"{kind}:"):
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


def name_of(pid: int) -> str:
    """What it is called."""
    return _read(Path(f"/proc/{pid}/comm")).strip()


def parent_of(pid: int) -> int:
    """The process that started it."""
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])


def command_of(pid: int) -> str:
    """Its command line, which a Ray worker makes the name of its actor."""
    return _read(Path(f"/proc/{pid}/cmdline"))
