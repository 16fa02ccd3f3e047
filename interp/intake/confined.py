"""Limits of a process that reads what strangers send: it may fail, and nothing else does."""

import os
import resource
from pathlib import Path

NICENESS = 10


def confine(memory_bytes: int, *, cpu_s: int | None = None, file_bytes: int | None = None) -> None:
    """Hold this process, from now on, to so much more memory than it has and to less priority.

    cpu_s: processor time in all, after which it is killed. file_bytes: of each file it writes.
    """
    os.nice(NICENESS)
    pages = int(Path("/proc/self/statm").read_text().split()[5])  # data and stack
    _limit(resource.RLIMIT_DATA, pages * resource.getpagesize() + memory_bytes)
    _limit(resource.RLIMIT_CORE, 0)
    if cpu_s is not None:
        _limit(resource.RLIMIT_CPU, cpu_s)
    if file_bytes is not None:
        _limit(resource.RLIMIT_FSIZE, file_bytes)


def _limit(kind: int, most: int) -> None:
    resource.setrlimit(kind, (most, most))
