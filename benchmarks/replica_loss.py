"""How long is a replica gone when its process is killed or frozen? Scripted model, so no load time.

python -m benchmarks.replica_loss --rounds 5
"""

import argparse
import asyncio
import os
import signal
import statistics
import time
from dataclasses import asdict, dataclass

from benchmarks.report import print_report
from interp.cluster.pool import RayPool
from interp.cluster.replica import RayReplica
from interp.cluster.settings import ClusterConfig
from interp.core.errors import Unavailable
from tests.cluster.scripted import scripted_host

CONFIG = ClusterConfig()
TICK_S = 0.025


@dataclass(frozen=True, slots=True)
class Row:
    """Medians and worst of `rounds`. noticed: from the signal to the error; back: to a new one."""

    fault: str
    rounds: int
    noticed_s: float
    noticed_max_s: float
    back_s: float
    back_max_s: float


async def lose(pool: RayPool, fault: signal.Signals) -> tuple[float, float]:
    """Seconds until a ticking gateway was told, and until a new replica was listed."""
    (replica,) = pool.replicas()
    assert isinstance(replica, RayReplica)
    os.kill((await replica.ping()).pid, fault)
    started_s = time.monotonic()
    try:
        while True:
            await replica.tick({})
            await asyncio.sleep(TICK_S)
    except Unavailable:
        noticed_s = time.monotonic() - started_s
    while not pool.replicas():  # noqa: ASYNC110  it is the listing that is timed
        await asyncio.sleep(0.01)
    return noticed_s, time.monotonic() - started_s


async def run(rounds: int) -> list[Row]:
    """A row for each fault."""
    rows = []
    pool = await RayPool.start(CONFIG, scripted_host)
    supervision = asyncio.create_task(pool.supervise())
    try:
        await lose(pool, signal.SIGKILL)  # the first takes a worker that Ray has started ahead
        for fault in (signal.SIGKILL, signal.SIGSTOP):
            noticed_s, back_s = zip(*[await lose(pool, fault) for _ in range(rounds)], strict=True)
            times = [statistics.median(noticed_s), max(noticed_s)]
            times += [statistics.median(back_s), max(back_s)]
            rows.append(Row(fault.name, rounds, *(round(each, 2) for each in times)))
            print(rows[-1])
    finally:
        supervision.cancel()
        await pool.stop()
    return rows


def main() -> None:
    """Rows, then one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rows = asyncio.run(run(parser.parse_args().rounds))
    print_report("replica_loss", (asdict(row) for row in rows))


if __name__ == "__main__":
    main()
