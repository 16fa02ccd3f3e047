"""Where processes listen, from /proc."""

import os
from dataclasses import dataclass
from pathlib import Path

LOOPBACK = {"0100007F", "00000000000000000000000001000000", "0000000000000000FFFF00000100007F"}
LISTENING = "0A"


@dataclass(frozen=True, slots=True)
class Listener:
    """A TCP port. loopback: nobody beyond this machine reaches it."""

    port: int
    loopback: bool


def listening(pid: int) -> list[Listener]:
    """What a process listens on; nothing if it is gone."""
    own = _sockets(pid)
    found = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/self/net/{table}").read_text().splitlines()[1:]:
            _, local, _, state, *rest = line.split()
            if state == LISTENING and f"socket:[{rest[5]}]" in own:
                address, port = local.split(":")
                found.append(Listener(int(port, 16), address in LOOPBACK))
    return found


def _sockets(pid: int) -> set[str]:
    found = set()
    for link in Path(f"/proc/{pid}/fd").glob("*"):
        try:
            found.add(os.readlink(link))
        except OSError:
            continue  # closed meanwhile
    return found
