"""All sessions of this gateway, for those who look on."""

import asyncio
import time

from interp.core.errors import NotServed, OutOfOrder, Reason
from interp.monitor.booth import Booth
from interp.monitor.push import open_place, push
from interp.serve.sessions import Sessions
from interp.wire.monitoring import MonitoredSession, PushCaptionsRequest, id_of

LOOK_S = 0.1
"""How soon a new session is seen."""
ROWS_S = 0.25
"""How old a row may be."""
SHOWN_S = 60.0
"""An ended session stays in the list so long; its text does not, unless it is to be kept."""


class Board:
    """watch() in a task; booth() and rows() whenever. keep_s: as PageSettings."""

    def __init__(self, sessions: Sessions, *, keep_s: float) -> None:
        self._sessions, self._keep_s = sessions, keep_s
        self._booths: dict[str, Booth] = {}
        self._pushes: dict[str, set[str]] = {}
        self._group: asyncio.TaskGroup | None = None
        self._rows: list[MonitoredSession] = []
        self._rows_s = 0.0

    def booth(self, name: str) -> Booth:
        """The session of this resource name. Raises InvalidRequest, NotServed."""
        session_id = id_of(name)
        if session_id not in self._booths:
            raise NotServed(Reason.SESSION_UNKNOWN, "no such session is shown here")
        return self._booths[session_id]

    def rows(self) -> list[MonitoredSession]:
        """One per session, by name; made for all who ask within a moment."""
        now_s = time.monotonic()
        if now_s - self._rows_s > ROWS_S or len(self._rows) != len(self._booths):
            booths = sorted(self._booths.items())
            self._rows, self._rows_s = [booth.row for _, booth in booths], now_s
        return self._rows

    def forget(self, booth: Booth) -> None:
        """Delete what was kept of an ended session. Raises OutOfOrder while it goes on."""
        if not booth.view.ended:
            raise OutOfOrder(Reason.BAD_CONFIG, "the session goes on; nothing of it is kept yet")
        self._booths.pop(booth.session_id, None)

    async def push(self, booth: Booth, request: PushCaptionsRequest) -> None:
        """Push captions to a place, to the session's end.

        Raises InvalidRequest, OutOfOrder if that is being done, Unavailable.
        """
        assert self._group, "a board that is not watched pushes nothing"
        place, target = request.place, request.target
        busy = self._pushes.setdefault(booth.session_id, set())
        what = f"{place} {target}"
        if what in busy:
            raise OutOfOrder(Reason.BAD_CONFIG, f"captions go to {place} already")
        language = booth.relay.wishes.targets[target].target
        shown = await open_place(place, request.uri, request.secret, language)
        busy.add(what)
        pushing = self._group.create_task(push(booth, target, place, shown))
        pushing.add_done_callback(lambda _: busy.discard(what))

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
        now_s = time.monotonic()
        for session_id, booth in list(self._booths.items()):
            if booth.ended_s is None:
                continue
            if now_s - booth.ended_s > max(SHOWN_S, self._keep_s):
                del self._booths[session_id]
                self._pushes.pop(session_id, None)
