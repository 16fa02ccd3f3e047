"""All slow attacks, in one table: python -m tests.attack.soak (about 20 minutes).

What measures time says what the machine itself cost where that can be told; the rest needs a quiet
machine, and the load is in the table.
"""

import asyncio
import os
import sys
import traceback
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeAlias

from tests.attack import fuzz, losses
from tests.attack.cost import costs
from tests.attack.floods import floods
from tests.attack.long_run import long_session, short_sessions
from tests.attack.outside import outside
from tests.attack.shortages import shortages
from tests.attack.slow_readers import slow_readers
from tests.attack.table import Row, printed

SPEECH_S = 24
FLOOD_S = 12.0
SLOW_S = 12.0
PART_S = 1_200.0


Part: TypeAlias = Callable[[], Awaitable[list[Row]]]


async def _one_hour() -> list[Row]:
    return await long_session(hours=1, each=5)


async def _short_ones() -> list[Row]:
    return [await short_sessions(3_000)]


PARTS: dict[str, Part] = {
    "losses": partial(losses.losses, SPEECH_S),
    "outside": outside,
    "shortages": shortages,
    "costs": costs,
    "floods": partial(floods, FLOOD_S),
    "slow readers": partial(slow_readers, SLOW_S),
    "a long session": _one_hour,
    "short sessions": _short_ones,
    "fuzz": partial(fuzz.fuzz, messages=10_000, containers=1_000, seed=1),
}


async def main() -> int:
    """Print the table; 1 if a target was missed."""
    rows = [_load()]
    for name, part in PARTS.items():
        found = await _ran(name, part)
        sys.stderr.write(f"{printed(found)}\n")
        rows += found
    rows.append(_load())
    sys.stdout.write(printed(rows) + "\n")
    return int(not all(row.holds for row in rows))


async def _ran(name: str, part: Part) -> list[Row]:
    """Its rows; one that it was missed where it breaks, so that the others run all the same."""
    try:
        async with asyncio.timeout(PART_S):
            return await part()
    except Exception as error:  # noqa: BLE001  of whatever was attacked
        traceback.print_exception(error)
        return [Row(name, "runs to its end", type(error).__name__, holds=False)]


def _load() -> Row:
    """Of the machine now."""
    measured = f"{os.getloadavg()[0]:.1f} on {len(os.sched_getaffinity(0))} cores"
    return Row("the machine's load", "", measured, holds=True)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
