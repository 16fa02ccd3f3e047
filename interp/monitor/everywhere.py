"""The sessions of all gateways of a deployment, seen as one."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress

from interp.core.errors import InterpError, Reason, Unavailable
from interp.engine.replica import answer_of
from interp.monitor.access import Access
from interp.monitor.contract import Monitor
from interp.monitor.here import Here
from interp.monitor.register import Register
from interp.monitor.there import There
from interp.wire.monitoring import MonitoredSession, SessionState, id_of

BEAT_S = 1.0
BEAT_TIMEOUT_S = 2.0

log = logging.getLogger(__name__)


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
