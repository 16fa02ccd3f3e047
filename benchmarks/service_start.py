"""What does `interp serve` cost until it serves, and what does each of its processes keep?

python -m benchmarks.service_start [--starts 3]
At its default settings, with real weights. Seconds of processor time and MB of memory (of what is
shared its share) of the gateway, the mould of the replicas, replicas, those that carry calls to
them, and Ray's own; seconds of the wall until it says that it serves. Medians.
"""

import argparse
import statistics
import time
from pathlib import Path

from benchmarks.report import print_report
from tests.attack.processes import (
    carriers_of,
    command_of,
    cpu_s,
    family,
    memory_mb,
    replicas_of,
)
from tests.attack.service import service


def started() -> dict[str, float]:
    """Of one start."""
    began_s = time.monotonic()
    with service() as served:
        found = {"wall_s": time.monotonic() - began_s}
        replicas = replicas_of(served.pid)
        of: dict[str, list[int]] = {
            "gateway": [served.pid],
            "moulds": [
                pid
                for pid in family(served.pid)
                if "Mould" in command_of(pid) and pid not in replicas
            ],
            "replicas": replicas,
            "carriers": carriers_of(served.pid),
        }
        named = {pid for pids in of.values() for pid in pids}
        of["ray"] = [pid for pid in family(served.pid) if pid not in named]
        for name, pids in of.items():
            found[f"{name}_cpu_s"] = sum(map(cpu_s, pids))
            found[f"{name}_mb"] = sum(map(memory_mb, pids))
        loaded = "libtorch" in Path(f"/proc/{served.pid}/maps").read_text()
        found["gateway_has_torch"] = float(loaded)
    return found


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--starts", type=int, default=3)
    args = parser.parse_args()
    runs = []
    for _ in range(args.starts):
        runs.append(started())
        print({name: round(value, 2) for name, value in runs[-1].items()}, flush=True)
    middle = {name: round(statistics.median(r[name] for r in runs), 2) for name in runs[0]}
    print_report("service_start", [middle])


if __name__ == "__main__":
    main()
