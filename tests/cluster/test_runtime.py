"""A Ray of our own: out of reach for others, whatever the shell says, and gone when we are."""

import asyncio
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.attack.processes import command_of, family
from tests.attack.sockets import listening
from tests.cluster.conftest import processes

pytestmark = pytest.mark.ray

GONE_WITHIN_S = 10


@dataclass
class Owner:
    """A process that started Ray, and Ray's folder."""

    process: "subprocess.Popen[str]"
    folder: Path


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[Owner]:
    """RAY_ADDRESS names a cluster that is not there, and TMPDIR is too long for Ray's sockets."""
    long = tmp_path / ("long" * 20)
    long.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tests.cluster.owner"],
        env={**os.environ, "RAY_ADDRESS": "127.0.0.1:1", "TMPDIR": str(long)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    line = process.stdout.readline().strip()
    assert line, "it did not start"
    yield Owner(process, Path(line))
    process.kill()
    process.wait()
    process.stdout.close()


async def test_it_is_private_while_it_runs_and_leaves_nothing_after_a_kill(owner: Owner) -> None:
    assert stat.S_IMODE(owner.folder.stat().st_mode) == 0o700
    pids = family(owner.process.pid)
    assert len(processes(str(owner.folder)).intersection(pids)) > 3, "they name its folder"
    ports = [each for pid in pids for each in listening(pid)]
    assert ports
    assert all(port.loopback for port in ports), ports
    owner.process.kill()
    owner.process.wait()
    for _ in range(GONE_WITHIN_S * 10):
        left = [pid for pid in pids if command_of(pid)]
        if not left and not owner.folder.exists():
            return
        await asyncio.sleep(0.1)
    pytest.fail(f"left: {owner.folder.exists()=} {list(map(command_of, left))}")


MOUNTS = ["unshare", "--mount", "sh", "-ec"]


@pytest.mark.skipif(
    subprocess.run([*MOUNTS, "true"], check=False, capture_output=True).returncode != 0,
    reason="mounts of its own are for root",
)
def test_it_starts_where_nobody_may_write_to_shared_memory() -> None:
    owner = [sys.executable, "-W", "ignore", "-m", "tests.cluster.owner"]
    script = 'mount -t tmpfs -o ro tmpfs /dev/shm; exec "$@"'
    with subprocess.Popen([*MOUNTS, script, "sh", *owner], stdout=subprocess.PIPE) as process:
        assert process.stdout
        folder = process.stdout.readline()
        process.kill()
    assert folder.strip(), "it did not start"
