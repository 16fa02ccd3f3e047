"""`interp serve` is told to end before it serves: it does, at once, and leaves nothing."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from tests.attack.processes import command_of, family, name_of

pytestmark = [pytest.mark.ray, pytest.mark.weights]

STARTED_WITHIN_S = 120
GONE_WITHIN_S = 10


@pytest.mark.parametrize("by", ["gcs_server", "raylet", "ray::ReplicaActor"])
def test_it_ends_at_once_and_leaves_nothing(by: str) -> None:
    command = [sys.executable, "-m", "interp.cli", "serve", "--address", "127.0.0.1:0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            started = came(lambda: runs(by, process.pid), STARTED_WITHIN_S)
            below = family(process.pid)
            process.send_signal(signal.SIGTERM)
            _, said = process.communicate(timeout=GONE_WITHIN_S)
        finally:
            process.kill()
    assert started
    assert process.returncode == 128 + signal.SIGTERM
    assert all(json.loads(line)["level"] == "info" for line in said.splitlines()), said
    assert came(lambda: not any(map(command_of, below)), GONE_WITHIN_S)


def runs(name: str, below: int) -> bool:
    """Whether there is a process of this name, or that was called so, below one."""
    return any(name in name_of(pid) + command_of(pid) for pid in family(below))


def came(condition: Callable[[], bool], within_s: float) -> bool:
    """Whether it came about in time."""
    for _ in range(round(within_s * 10)):
        if condition():
            return True
        time.sleep(0.1)
    return False
