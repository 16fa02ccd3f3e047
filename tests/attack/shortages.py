"""`interp serve` with real weights where a machine is short of something, as containers are.

python -m tests.attack.shortages      (root, for mounts of its own)
"""

import asyncio
import json
import sys
import time

from tests.attack.losses import talk
from tests.attack.processes import command_of, family
from tests.attack.service import Service, service
from tests.attack.speaker import speak
from tests.attack.table import Row, printed

SPEECH_S = 6
ENDED_WITHIN_S = 20.0
TIDY_WITHIN_S = 5.0
RAYS_OWN_LINES = 1
"""What Ray itself may write of a full disk."""

SHORTAGES = {
    "no /dev/shm to write to": "mount -t tmpfs -o ro tmpfs /dev/shm",
    "64 MB of /dev/shm": "mount -t tmpfs -o size=64m tmpfs /dev/shm",
    "a home that cannot be written": (
        'mount --bind "$HOME" "$HOME"; mount -o remount,bind,ro "$HOME"'
    ),
    "a full /tmp of 128 kB": (
        "mount -t tmpfs -o size=128k tmpfs /tmp; cat /dev/zero > /tmp/full 2> /dev/null || true"
    ),
}
"""Shell lines that make it so, in a mount namespace of the service's own."""


async def shortages() -> list[Row]:
    """One after the other, a service each."""
    rows = []
    for name, before in SHORTAGES.items():
        with service(before=before) as served:
            rows.append(await _served(name, served))
    return rows


async def _served(name: str, served: Service) -> Row:
    """It writes text, ends when told, and says nothing that is no line of its log."""
    heard = await speak(served.address, talk(SPEECH_S))
    others = family(served.pid)[1:]
    code, ended_s = await asyncio.to_thread(_told_to_end, served)
    odd = sum(not _is_json(line) for line in served.log.read_text().splitlines())
    left = await asyncio.to_thread(_left, others)
    measured = f"{len(heard.words)} words {heard.status}, code {code} after {ended_s:.1f} s"
    measured += f", {odd} odd lines, {len(left)} processes left"
    holds = heard.status == "OK" and bool(heard.words) and code == 0 and not left
    return Row(name, "serves, ends, leaves nothing", measured, holds and odd <= RAYS_OWN_LINES)


def _told_to_end(served: Service) -> tuple[int, float]:
    began_s = time.monotonic()
    served.process.terminate()
    code = served.process.wait(ENDED_WITHIN_S)
    return code, time.monotonic() - began_s


def _left(pids: list[int]) -> list[int]:
    """Those that still run when those that tidy up have had their time."""
    until_s = time.monotonic() + TIDY_WITHIN_S
    while (left := [pid for pid in pids if command_of(pid)]) and time.monotonic() < until_s:
        time.sleep(0.1)
    return left


def _is_json(line: str) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


if __name__ == "__main__":
    found = asyncio.run(shortages())
    sys.stdout.write(printed(found) + "\n")
    sys.exit(not all(row.holds for row in found))
