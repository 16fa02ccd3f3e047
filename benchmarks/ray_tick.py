"""What does a tick to a replica cost? Scripted sessions at 100 ms of audio through one RayReplica.

python -m benchmarks.ray_tick --sessions 32 64 128 --tick-ms 25
"""

import argparse
import asyncio
import os
import time
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.report import print_report
from interp.cluster.pool import RayPool
from interp.cluster.replica import RayReplica
from interp.cluster.settings import ClusterConfig
from interp.core.audio import Samples, ms_to_samples
from interp.core.clock import MonotonicClock
from interp.core.config import SessionConfig
from interp.core.events import Audio, Input
from tests.cluster.scripted import scripted_host
from tests.engine.stage import pause, speech

CHUNK_MS = 100
WARM_UP_S = 2.0


@dataclass(frozen=True, slots=True)
class Row:
    """One load. Round trips in ms; CPU in cores; worst_backlog_ms: audio sent and not worked."""

    sessions: int
    tick_ms: int
    ticks: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    gateway_cpu: float
    replica_cpu: float
    worst_backlog_ms: int


def process_cpu_s(pid: int) -> float:
    """CPU seconds of a process, all threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def talk() -> Samples:
    """10 s: 70 % speech, in three segments."""
    parts = [speech(3000), pause(1000), speech(2000), pause(1000), speech(2000), pause(1000)]
    return np.concatenate(parts)


async def measure(replica: RayReplica, sessions: int, tick_ms: int, seconds: float) -> Row:
    """Sessions speak in turn within each 100 ms; a tick carries whatever has come by then."""
    clock, audio = MonotonicClock(), talk()
    chunk = ms_to_samples(CHUNK_MS)
    names = [f"s{index}" for index in range(sessions)]
    for name in names:
        await replica.open(name, SessionConfig("fr", "en", policy="waitk:k=3,unit_ms=640"), None)
    pid = (await replica.ping()).pid
    sent = dict.fromkeys(names, 0)
    round_trips_ms: list[float] = []
    backlog_ms, cpu_s, began_s = 0, (0.0, 0.0), 0.0
    start_s = time.monotonic()
    while (now_s := time.monotonic()) < start_s + WARM_UP_S + seconds:
        if not began_s and now_s >= start_s + WARM_UP_S:
            began_s, cpu_s = now_s, (time.process_time(), process_cpu_s(pid))
        inbound: dict[str, list[Input]] = {}
        for index, name in enumerate(names):
            due = int((now_s - start_s) * 1000 / CHUNK_MS - index / sessions) + 1
            inbound[name] = []
            for number in range(sent[name], due):
                at = number * chunk % audio.size
                inbound[name].append(Audio(audio[at : at + chunk].copy(), clock.now_ms()))
            sent[name] = max(due, sent[name])
        outs = await replica.tick(inbound)
        spent_ms = (time.monotonic() - now_s) * 1000
        if began_s:
            round_trips_ms.append(spent_ms)
            waiting = [sent[out.session_id] * CHUNK_MS - out.worked_ms for out in outs]
            backlog_ms = max(backlog_ms, *waiting)
        await asyncio.sleep(max(0.0, tick_ms - spent_ms) / 1000)
    wall_s = time.monotonic() - began_s
    gateway_cpu = (time.process_time() - cpu_s[0]) / wall_s
    replica_cpu = (process_cpu_s(pid) - cpu_s[1]) / wall_s
    for name in names:
        await replica.close(name)
    p50, p95, p99 = np.percentile(round_trips_ms, [50, 95, 99])
    return Row(
        sessions,
        tick_ms,
        len(round_trips_ms),
        round(float(p50), 2),
        round(float(p95), 2),
        round(float(p99), 2),
        round(gateway_cpu, 3),
        round(replica_cpu, 3),
        backlog_ms,
    )


async def run(sessions: list[int], tick_ms: list[int], seconds: float) -> list[Row]:
    """A row for each load."""
    rows = []
    pool = await RayPool.start(ClusterConfig(), partial(scripted_host, lanes=max(sessions)))
    try:
        (replica,) = pool.replicas()
        assert isinstance(replica, RayReplica)
        for count in sessions:
            for each_ms in tick_ms:
                rows.append(await measure(replica, count, each_ms, seconds))
                print(rows[-1])
    finally:
        await pool.stop()
    return rows


def main() -> None:
    """Rows, then one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, nargs="+", default=[32, 64, 128])
    parser.add_argument("--tick-ms", type=int, nargs="+", default=[25])
    parser.add_argument("--seconds", type=float, default=8.0)
    options = parser.parse_args()
    rows = asyncio.run(run(options.sessions, options.tick_ms, options.seconds))
    print_report("ray_tick", (asdict(row) for row in rows))


if __name__ == "__main__":
    main()
