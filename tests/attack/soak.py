"""All slow attacks, in one table: python -m tests.attack.soak (about 20 minutes).

What measures time says what the machine itself cost where that can be told; the rest needs a quiet
machine, and the load is in the table.
"""

import asyncio
import os
import sys

from tests.attack import fuzz, losses
from tests.attack.cost import costs
from tests.attack.floods import floods
from tests.attack.long_run import long_session, short_sessions
from tests.attack.outside import outside
from tests.attack.table import Row, printed

SPEECH_S = 24
FLOOD_S = 12.0


async def main() -> int:
    """Print the table; 1 if a target was missed."""
    rows = [_load()]
    rows += await losses.losses(SPEECH_S)
    rows += await outside()
    rows += await costs()
    rows += await floods(FLOOD_S)
    rows += await long_session(hours=1, each=5)
    rows.append(await short_sessions(3_000))
    rows += await fuzz.fuzz(messages=10_000, containers=1_000, seed=1)
    rows.append(_load())
    sys.stdout.write(printed(rows) + "\n")
    return int(not all(row.holds for row in rows))


def _load() -> Row:
    """Of the machine now."""
    measured = f"{os.getloadavg()[0]:.1f} on {len(os.sched_getaffinity(0))} cores"
    return Row("the machine's load", "", measured, holds=True)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
