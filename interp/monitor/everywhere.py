"""The sessions of all gateways of a deployment, seen as one."""

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from interp.core.clock import Clock
from interp.core.errors import InterpError, Reason, Unavailable
from interp.engine.replica import answer_of
from interp.monitor.access import Access
from interp.monitor.contract import Monitor
from interp.monitor.here import Here
from interp.monitor.there import There
from interp.wire.monitoring import MonitoredSession, SessionState, id_of

BEAT_S = 1.0
SILENT_MS = 5_000.0
"""A gateway that is not heard of for so long is no longer in the register."""
MOST_GATEWAYS = 64
BEAT_TIMEOUT_S = 2.0

log = logging.getLogger(__name__)


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


class Everywhere:
    """A House: our own sessions and our neighbours'. name: of this gateway."""

    def __init__(self, here: Here, access: Access, name: str) -> None:
        self._here, self._access, self.name = here, access, name
        self._there: dict[str, There] = {}

    def rows(self) -> list[MonitoredSession]:
        """As House; of a session that went on elsewhere, the row of who has it now."""
        rows = {row.name: row for row in self._here.rows()}
        for neighbour in self._there.values():
            for row in neighbour.rows():
                if row.name not in rows or _gone_on(rows[row.name]):
                    rows[row.name] = row
        return [row for _, row in sorted(rows.items())]

    def of(self, name: str) -> Monitor:
        """As House."""
        session_id = id_of(name)
        row = next((row for row in self.rows() if row.name == name), None)
        if row is None or not row.gateway:
            return self._here.of(name)
        neighbour = self._there.get(row.gateway)
        if neighbour is None or not neighbour.connected:
            log.info("a neighbour does not answer", extra={"session_id": session_id})
            raise Unavailable(Reason.DRAINING, "its gateway does not answer", 1000)
        return neighbour

    async def meet(self, register: Register, address: str, ready: asyncio.Event) -> None:
        """Beat, and follow every other gateway, until cancelled. address: where they find us.

        ready: set once it is known what all of them sign with.
        """
        try:
            async with asyncio.TaskGroup() as group:
                while True:
                    roll = await self._beaten(register, address)
                    ready.set()
                    self._follow(roll, group)
                    await self._leave_the_dead(roll)
                    await asyncio.sleep(BEAT_S)
        finally:
            for there in self._there.values():
                await there.close()
            self._there.clear()
            with suppress(InterpError):
                await answer_of(register.leave(self.name), BEAT_TIMEOUT_S)

    def _follow(self, roll: Mapping[str, str], group: asyncio.TaskGroup) -> None:
        for name, where in roll.items():
            if name != self.name and name not in self._there:
                there = self._there[name] = There(name, where, self._access)
                group.create_task(there.follow())

    async def _leave_the_dead(self, roll: Mapping[str, str]) -> None:
        """Once nothing of theirs is shown any more."""
        for name, there in list(self._there.items()):
            if name not in roll and not there.connected and not there.rows():
                del self._there[name]
                await there.close()

    async def _beaten(self, register: Register, address: str) -> Mapping[str, str]:
        """Who is there; as before where the register does not answer."""
        try:
            roll = await answer_of(register.beat(self.name, address), BEAT_TIMEOUT_S)
        except InterpError:
            log.warning("the register does not answer")
            return {name: there.address for name, there in self._there.items()}
        self._access.share(roll.secret)
        return roll.gateways


def _gone_on(row: MonitoredSession) -> bool:
    """Whether another's row of the same session says more."""
    return row.state in (
        SessionState.SESSION_STATE_ENDED,
        SessionState.SESSION_STATE_RECONNECTING,
    )
