"""What others on the machine and on the network find of `interp serve` with real weights.

python -m tests.attack.outside
"""

import asyncio
import json
import os
import re
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import grpc

from tests.attack.absurd import absurd
from tests.attack.losses import talk
from tests.attack.processes import command_of, family
from tests.attack.sockets import listening
from tests.attack.speaker import speak
from tests.attack.table import Row, printed

SPEECH_S = 8
TOLD_WITHIN_S = 35.0
"""It looks for the server for its resume window, 30 s."""
GONE_WITHIN_S = 90.0
"""Ray's own agents look for their Ray for a minute."""
HUNGRY = "fixed:unit_ms=32"
RAYS_DOORS = (
    "/ray.rpc.NodeManagerService/GetSystemConfig",
    "/ray.rpc.CoreWorkerService/NumPendingTasks",
    "/ray.rpc.InternalKVGcsService/InternalKVKeys",
    "/ray.rpc.ObjectManagerService/FreeObjects",
)


@dataclass
class Service:
    """A running `interp serve`: where it listens, and what it logs."""

    process: "subprocess.Popen[str]"
    address: str
    log: Path

    @property
    def folder(self) -> Path:
        """Of its Ray."""
        commands = map(command_of, family(self.process.pid))
        found = (re.search(r"(/\S*?/interp-ray-\w+)", command) for command in commands)
        return Path(next(match.group(1) for match in found if match))


@contextmanager
def service() -> Iterator[Service]:
    """At its default settings, in a shell that knows another Ray and a long TMPDIR."""
    with TemporaryDirectory() as folder:
        long, log = Path(folder, "long" * 20), Path(folder, "log")
        long.mkdir()
        command = [sys.executable, "-m", "interp.cli", "serve", "--address", "127.0.0.1:0"]
        env = {**os.environ, "RAY_ADDRESS": "127.0.0.1:1", "TMPDIR": str(long)}
        with (
            log.open("w") as errors,
            subprocess.Popen(
                command, env=env, stdout=subprocess.PIPE, stderr=errors, text=True
            ) as process,
        ):
            assert process.stdout
            line = process.stdout.readline()
            assert line, log.read_text()
            try:
                yield Service(process, line.split()[-1], log)
            finally:
                process.kill()


async def outside() -> list[Row]:
    """One service, looked at from outside and then killed."""
    with service() as served:
        rows = [await asyncio.to_thread(_ports, served), await _doors(served), _folder(served)]
        rows += await absurd(served.address)
        rows.append(await _neighbours(served))
        rows.append(_lines(served))
        rows += await _killed(served)
    return rows


def _ports(served: Service) -> Row:
    found = [each for pid in family(served.process.pid) for each in listening(pid)]
    others = [each for each in found if not each.loopback]
    measured = f"{len(found)} ports, {len(others)} beyond loopback"
    return Row("ports", "loopback alone", measured, bool(found) and not others)


async def _doors(served: Service) -> Row:
    """Ray's own, for who has no token."""
    pids = [pid for pid in family(served.process.pid) if pid != served.process.pid]
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
    folder, below = served.folder, family(served.process.pid)
    speaking = asyncio.create_task(speak(served.address, talk(30)))
    await asyncio.sleep(4)
    os.kill(served.process.pid, signal.SIGKILL)
    struck_s = time.monotonic()
    heard = await speaking
    told_s = time.monotonic() - struck_s
    told = heard.status != "OK" and told_s <= TOLD_WITHIN_S
    while time.monotonic() - struck_s < GONE_WITHIN_S and _left(folder, below):  # noqa: ASYNC110
        await asyncio.sleep(0.2)
    gone_s, left = time.monotonic() - struck_s, _left(folder, below)
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
    """Processes that run still, but for the undertaker, and the folder."""
    alive = [pid for pid in pids if (command := command_of(pid)) and "rm -rf" not in command]
    return [*map(str, alive), *([str(folder)] if folder.exists() else [])]


if __name__ == "__main__":
    found = asyncio.run(outside())
    sys.stdout.write(printed(found) + "\n")
    sys.exit(not all(row.holds for row in found))
