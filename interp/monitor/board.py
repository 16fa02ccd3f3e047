"""All sessions of this gateway, for those who look on."""

import asyncio
import time

from interp.core.errors import NotServed, OutOfOrder, Reason
from interp.monitor.booth import Booth
from interp.monitor.change import Change
from interp.monitor.push import open_place, push
from interp.serve.sessions import Sessions

LOOK_S = 0.1
"""How soon a new session is seen."""
SHOWN_S = 60.0
"""An ended session stays in the list so long; its text does not, unless it is to be kept."""

STATES = ("ended", "taken over", "muted", "reconnecting", "degraded", "catching up", "live")


class Board:
    """watch() in a task; booth() and rows() whenever. keep_s: as PageSettings."""

    def __init__(self, sessions: Sessions, *, keep_s: float) -> None:
        self._sessions, self._keep_s = sessions, keep_s
        self._booths: dict[str, Booth] = {}
        self._pushes: dict[str, set[str]] = {}
        self._group: asyncio.TaskGroup | None = None

    def booth(self, session_id: str) -> Booth:
        """The session of this name. Raises NotServed where none is shown."""
        if session_id not in self._booths:
            raise NotServed(Reason.SESSION_UNKNOWN, "no such session is shown here")
        return self._booths[session_id]

    def rows(self) -> list[Change]:
        """One per session, oldest first."""
        return [row(booth) for booth in self._booths.values()]

    def forget(self, session_id: str) -> None:
        """Delete what was kept of an ended session."""
        booth = self._booths.get(session_id)
        if booth and booth.view.ended:
            del self._booths[session_id]

    async def push(self, booth: Booth, place: str, url: str, secret: str) -> None:
        """Push captions to a place, to the session's end.

        Raises InvalidRequest, OutOfOrder if that is being done, Unavailable.
        """
        assert self._group, "a board that is not watched pushes nothing"
        busy = self._pushes.setdefault(booth.session_id, set())
        if place in busy:
            raise OutOfOrder(Reason.BAD_CONFIG, f"captions go to {place} already")
        shown = await open_place(place, url, secret, booth.relay.config.session.target)
        busy.add(place)
        pushing = self._group.create_task(push(booth, place, shown))
        pushing.add_done_callback(lambda _: busy.discard(place))

    async def watch(self) -> None:
        """See sessions come and go, until cancelled."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            while True:
                for relay in self._sessions.running():
                    if relay.session_id not in self._booths and not relay.ended:
                        booth = self._booths[relay.session_id] = Booth(relay)
                        group.create_task(self._follow(booth))
                self._tidy()
                await asyncio.sleep(LOOK_S)

    async def _follow(self, booth: Booth) -> None:
        await booth.follow()
        await asyncio.sleep(self._keep_s)
        booth.forget()

    def _tidy(self) -> None:
        now_s = time.time()
        for booth in list(self._booths.values()):
            if booth.ended_s is None:
                continue
            if now_s - booth.ended_s > max(SHOWN_S, self._keep_s):
                del self._booths[booth.session_id]
                self._pushes.pop(booth.session_id, None)


def row(booth: Booth) -> Change:
    """A session in the list."""
    session, view = booth.relay.config.session, booth.view
    return {
        "id": booth.session_id,
        "source": view.source or session.source,
        "target": session.target,
        "speaker": booth.relay.tenant.name,
        "state": state_of(booth),
        "began": booth.began_s,
        "received": view.received_ms,
        "backlog": view.backlog_ms,
        "age": view.age_ms,
        "p95": view.age_p95_ms,
        "input": view.input_db,
        "output": view.output_db,
        "notes": len(view.notes),
        "note": view.notes[-1]["code"] if view.notes else "",
        "policy": view.policy,
        "replica": booth.relay.replica,
        "readers": booth.readers,
    }


def state_of(booth: Booth) -> str:
    """One of STATES: the first that holds."""
    view = booth.view
    holds = {
        "ended": view.ended,
        "taken over": bool(view.taken_over_by),
        "muted": view.muted,
        "reconnecting": booth.relay.stream is None,
        "degraded": view.leaving,
        "catching up": view.backlog_ms > 3_000,
        "live": True,
    }
    return next(state for state in STATES if holds[state])
