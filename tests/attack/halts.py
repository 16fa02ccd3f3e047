"""How long an event loop stood still, but for what it waited for a processor."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

BEAT_S = 0.02
LONGEST_S = 0.2


@dataclass
class Halts:
    """Longest, seconds. own_s: of its own doing. all_s: with what the machine kept it waiting."""

    own_s: float = 0.0
    all_s: float = 0.0

    @property
    def holds(self) -> bool:
        """Whether the loop stood still no longer than it may."""
        return self.own_s <= LONGEST_S

    def __str__(self) -> str:
        return f"{self.own_s:.2f} s ({self.all_s:.2f} s on this busy a machine)"


@asynccontextmanager
async def watched() -> AsyncIterator[Halts]:
    """The halts of this thread's loop while the context is open."""
    halts = Halts()
    beating = asyncio.create_task(_beat(halts))
    try:
        yield halts
    finally:
        beating.cancel()


async def _beat(halts: Halts) -> None:
    while True:
        began_s, had_waited_s = time.monotonic(), _waited_s()
        await asyncio.sleep(BEAT_S)
        late_s = time.monotonic() - began_s - BEAT_S
        halts.all_s = max(halts.all_s, late_s)
        halts.own_s = max(halts.own_s, late_s - (_waited_s() - had_waited_s))


def _waited_s() -> float:
    """What this thread has waited for a processor since it began (Linux' schedstat)."""
    return int(Path("/proc/thread-self/schedstat").read_text().split()[1]) / 1e9
