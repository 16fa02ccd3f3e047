"""What others on the machine and on the network find of `interp serve` with real weights.

python -m tests.attack.outside
"""

import asyncio
import json
import os
import signal
import stat
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import grpc

from tests.attack.absurd import absurd
from tests.attack.losses import talk
from tests.attack.processes import command_of, family
from tests.attack.service import Service, service
from tests.attack.sockets import listening
from tests.attack.speaker import speak
from tests.attack.table import Row, printed

SPEECH_S = 8
TOLD_WITHIN_S = 35.0
"""It looks for the server for its resume window, 30 s."""
GONE_WITHIN_S = 5.0
HUNGRY = "fixed:unit_ms=32"
RAYS_DOORS = (
    "/ray.rpc.NodeManagerService/GetSystemConfig",
    "/ray.rpc.CoreWorkerService/NumPendingTasks",
    "/ray.rpc.InternalKVGcsService/InternalKVKeys",
    "/ray.rpc.ObjectManagerService/FreeObjects",
)


async def outside() -> list[Row]:
    """One service, looked at and then killed; its shell knows another Ray and a long TMPDIR."""
    with TemporaryDirectory() as folder:
        long = os.path.join(folder, "long" * 20)
        os.mkdir(long)
        with service(env={"RAY_ADDRESS": "127.0.0.1:1", "TMPDIR": long}) as served:
            return await _seen(served)


async def _seen(served: Service) -> list[Row]:
    rows = [await asyncio.to_thread(_ports, served), await _doors(served), _folder(served)]
    rows += await absurd(served.address)
    rows.append(await _neighbours(served))
    rows.append(_lines(served))
    return rows + await _killed(served)


def _ports(served: Service) -> Row:
    found = [each for pid in family(served.pid) for each in listening(pid)]
    others = [each for each in found if not each.loopback]
    measured = f"{len(found)} ports, {len(others)} beyond loopback"
    return Row("ports", "loopback alone", measured, bool(found) and not others)


async def _doors(served: Service) -> Row:
    """Ray's own, for who has no token."""
    pids = [pid for pid in family(served.pid) if pid != served.pid]
    ports = {each.port for pid in pids for each in listening(pid)}
    opened, tried = 0, 0
    for port in ports:
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            for door in RAYS_DOORS:
                tried += 1
                try:
                    await channel.unary_unary(door)(b"", timeout=2)  # type: ignore[arg-type]
                    opened += 1
                except grpc.aio.AioRpcError:
                    continue
    return Row("Ray without its token", "nothing answers", f"{opened} of {tried} do", not opened)


def _folder(served: Service) -> Row:
    mode = stat.S_IMODE(served.folder.stat().st_mode)
    return Row("Ray's folder", "of this user alone", f"{mode:o}", mode == 0o700)


async def _neighbours(served: Service) -> Row:
    """A session beside one that asks for a decision every 32 ms."""
    chunks = talk(SPEECH_S)
    hungry, heard = await asyncio.gather(
        speak(served.address, chunks, policy=HUNGRY), speak(served.address, chunks)
    )
    measured = f"{heard.status}, {len(heard.words)} words; {hungry.status}"
    name = f"a session beside {HUNGRY}"
    return Row(name, "both end well", measured, heard.status == hungry.status == "OK")


def _lines(served: Service) -> Row:
    """Its log so far: JSON alone, with zones, sessions named, and nobody's words."""
    wrong = 0
    sessions = 0
    for line in served.log.read_text().splitlines():
        try:
            fields = json.loads(line)
        except ValueError:
            wrong += 1
            continue
        wrong += not fields["time"].endswith("+00:00")
        sessions += "session_id" in fields
    measured = f"{wrong} others, {sessions} lines of sessions"
    return Row("log lines", "JSON with a zone", measured, not wrong and sessions > 0)


async def _killed(served: Service) -> list[Row]:
    """The gateway of a Ray of its own dies: its client is told, and nothing is left."""
    folder, below = served.folder, family(served.pid)
    speaking = asyncio.create_task(speak(served.address, talk(30)))
    await asyncio.sleep(4)
    os.kill(served.pid, signal.SIGKILL)
    struck_s = time.monotonic()
    while time.monotonic() - struck_s < GONE_WITHIN_S and _left(folder, below):  # noqa: ASYNC110
        await asyncio.sleep(0.2)
    gone_s, left = time.monotonic() - struck_s, _left(folder, below)
    heard = await speaking
    told_s = time.monotonic() - struck_s
    told = heard.status != "OK" and told_s <= TOLD_WITHIN_S
    return [
        Row(
            "gateway killed, alone on its Ray",
            f"its client is told in {TOLD_WITHIN_S:.0f} s",
            f"{heard.status} after {told_s:.1f} s",
            told,
        ),
        Row(
            "what it leaves",
            f"nothing after {GONE_WITHIN_S:.0f} s",
            f"{len(left)} left after {gone_s:.1f} s",
            not left,
        ),
    ]


def _left(folder: Path, pids: list[int]) -> list[str]:
    """Processes that run still, and the folder."""
    alive = [pid for pid in pids if command_of(pid)]
    return [*map(str, alive), *([str(folder)] if folder.exists() else [])]


if __name__ == "__main__":
    found = asyncio.run(outside())
    sys.stdout.write(printed(found) + "\n")
    sys.exit(not all(row.holds for row in found))
