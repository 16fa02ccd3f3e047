"""All slow attacks, in one table: python -m tests.attack.soak (about 20 minutes)."""

import asyncio
import sys

from tests.attack import fuzz, losses
from tests.attack.cost import costs
from tests.attack.long_run import long_session, short_sessions
from tests.attack.table import printed

SPEECH_S = 30


async def main() -> int:
    """Print the table; 1 if a target was missed."""
    rows = await losses.losses(SPEECH_S)
    rows += await costs()
    rows += await long_session(hours=4, each=20)
    rows.append(await short_sessions(10_000))
    rows += await fuzz.fuzz(messages=20_000, containers=2_000, seed=1)
    sys.stdout.write(printed(rows) + "\n")
    return int(not all(row.holds for row in rows))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
