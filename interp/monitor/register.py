"""Where gateways say that they live: who is there, and the secret that all of them sign with.

It is held by a process of its own, which should start at once: it imports nothing heavy.
"""

import secrets
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from interp.core.clock import Clock, MonotonicClock

SILENT_MS = 5_000.0
"""A gateway that is not heard of for so long is no longer in the register."""
MOST_GATEWAYS = 64


@dataclass(frozen=True, slots=True)
class Roll:
    """Who is there: addresses by gateway. secret: what those sign with that were given none."""

    secret: str
    gateways: Mapping[str, str]


class Register(Protocol):
    """Where gateways say that they live; it outlives any of them."""

    def beat(self, gateway: str, address: str) -> Coroutine[Any, Any, Roll]:
        """This one lives, and who else does."""

    def leave(self, gateway: str) -> Coroutine[Any, Any, None]:
        """This one goes away."""


@dataclass(slots=True)
class RegisterStore:
    """The register itself; knows no waiting."""

    clock: Clock
    secret: str
    _beats: dict[str, tuple[str, float]] = field(default_factory=dict)

    def beat(self, gateway: str, address: str) -> Roll:
        """As Register."""
        now_ms = self.clock.now_ms()
        self._beats[gateway] = (address, now_ms)
        alive = {n: (a, at) for n, (a, at) in self._beats.items() if now_ms - at < SILENT_MS}
        self._beats = dict(sorted(alive.items(), key=lambda item: item[1][1])[-MOST_GATEWAYS:])
        return Roll(self.secret, {name: address for name, (address, _) in self._beats.items()})

    def leave(self, gateway: str) -> None:
        """As Register."""
        self._beats.pop(gateway, None)


def register_store() -> RegisterStore:
    """What the register's process calls."""
    return RegisterStore(MonotonicClock(), secrets.token_hex(32))
