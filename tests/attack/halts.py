"""How long an event loop stood still, beside how long this machine made anybody wait meanwhile.

python -m tests.attack.halts      beats until its input ends, and prints its own longest halt
"""

import asyncio
import sys
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

BEAT_S = 0.02
LONGEST_S = 0.2


@dataclass
class Halts:
    """Longest, seconds. own: of the loop. machine: of a process that does nothing else."""

    own_s: float = 0.0
    machine_s: float = 0.0

    @property
    def holds(self) -> bool:
        """Whether the loop stood still no longer than it may, but for what the machine did."""
        return self.own_s <= LONGEST_S + self.machine_s

    def __str__(self) -> str:
        return f"{self.own_s:.2f} s (the machine {self.machine_s:.2f} s)"


@asynccontextmanager
async def watched() -> AsyncIterator[Halts]:
    """The halts of this loop while the context is open; known once it is left."""
    pipe = asyncio.subprocess.PIPE
    other = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.attack.halts"), stdin=pipe, stdout=pipe
    )
    assert other.stdout
    await other.stdout.readline()  # it beats
    halts = Halts()
    beating = asyncio.create_task(_beat(halts))
    try:
        yield halts
    finally:
        beating.cancel()
        said, _ = await other.communicate(b"over")
        halts.machine_s = float(said)


async def _beat(halts: Halts) -> None:
    while True:
        began_s = time.monotonic()
        await asyncio.sleep(BEAT_S)
        halts.own_s = max(halts.own_s, time.monotonic() - began_s - BEAT_S)


def main() -> None:
    """The machine's side."""
    over = threading.Event()

    def until_told() -> None:
        sys.stdin.read()
        over.set()

    threading.Thread(target=until_told, daemon=True).start()
    sys.stdout.write("beating\n")
    sys.stdout.flush()
    longest_s = 0.0
    while not over.is_set():
        began_s = time.monotonic()
        time.sleep(BEAT_S)
        longest_s = max(longest_s, time.monotonic() - began_s - BEAT_S)
    sys.stdout.write(f"{longest_s}\n")


if __name__ == "__main__":
    main()
