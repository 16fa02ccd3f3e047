"""One replica as a gateway uses it: one gathered call a tick for all sessions that are on it.

A replica's lane is opened here and closed by its own link, so that no call for an earlier occupant
can overtake one for the next; another gateway's link closes it where the session has gone there.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from math import inf

from interp.core.clock import Clock
from interp.core.errors import AtCapacity, InterpError, Reason, Unavailable
from interp.engine.load import Load, weight_of
from interp.engine.replica import Outbound, Replica, ReplicaInfo, answer_of, lost
from interp.serve.metrics import Metrics
from interp.serve.relay import Relay

FULL_RETRY_MS = 1_000
ASKED_TIMEOUT_S = 0.25
"""A replica that does not answer at once is not waited for by who wants a place for a session."""
MOST_OF_TIME = 0.1
"""Calls to a replica take no larger share of the time: on a machine that is short of processors
they take longer, and who makes them is to leave those to the models."""
MOST_TICKS = 3
"""But they wait no longer than this for it."""


@dataclass(frozen=True, slots=True)
class DispatchSettings:
    """tick_ms: between two calls to a replica, or more where calls take long. replace_s: how long a
    session waits for another. max_moves: losses in a row, without a checkpoint between them, after
    which the session itself is to blame. full_lag_ms: a replica that has no time left and whose
    words come so late is given no new session (0: lanes alone decide). measure_s: between two looks
    at how much each has to do.
    """

    tick_ms: int = 25
    replace_s: float = 75.0
    retry_ms: int = 100
    max_moves: int = 3
    full_lag_ms: float = 400.0
    measure_s: float = 1.0


class Link:
    """One replica and the sessions on it."""

    def __init__(
        self,
        replica: Replica,
        info: ReplicaInfo,
        *,
        settings: DispatchSettings,
        call_timeout_s: float,
        clock: Clock,
        metrics: Metrics,
        forgotten: Callable[[Relay], None],
    ) -> None:
        """forgotten: told of a session whose lane is gone, as after a lease that ran out."""
        self.replica, self.info = replica, info
        self._forgotten = forgotten
        self.relays: dict[str, Relay] = {}
        self._settings, self._clock, self._metrics = settings, clock, metrics
        self._call_timeout_s = call_timeout_s
        self._opening = self._measured_with = 0
        self._measured, self._silent = Load(), False
        self._leaving: list[str] = []
        self._lost = self._left = False
        self._busy = asyncio.Event()

    @property
    def load(self) -> float:
        """What it has to do, in shares of a core, with what was put on it since that was measured.

        Of two that are equally busy the one with more lanes free comes first.
        """
        taken = self._measured.sessions + self._since
        busy = inf if self._silent else self._measured.busy
        more = self._measured.each * self._since
        return busy + more + 0.1 * taken / max(1, self.info.lanes)

    @property
    def _since(self) -> int:
        """Sessions that were put on it since it was measured, less those that left."""
        return len(self.relays) + self._opening - self._measured_with

    async def measure(self) -> None:
        """Ask how much it has to do. One that does not say so at once comes after all others."""
        own = len(self.relays) + self._opening
        try:
            self._measured = await answer_of(self.replica.load(), ASKED_TIMEOUT_S)
        except InterpError:
            self._silent = True
            self._metrics.replicas.hide(self.replica.name, self.info)
            return
        self._silent, self._measured_with = False, own
        self._metrics.replicas.show(self.replica.name, self.info, self._measured)

    def leave(self) -> None:
        """It is listed no more; once it has no sessions of ours, `run` ends."""
        self._metrics.replicas.hide(self.replica.name, self.info)
        if not self.relays and not self._opening:
            self._left = True
            self._busy.set()

    def check_room(self, relay: Relay) -> None:
        """Raises AtCapacity where this session more would be late."""
        most_ms, more = self._settings.full_lag_ms, weight_of(relay.wishes.targets)
        if most_ms and self._measured.full(most_ms, more=more, since=max(0, self._since)):
            raise AtCapacity(Reason.NO_LANE, "the replicas are busy", FULL_RETRY_MS)

    async def open(self, relay: Relay) -> None:
        """Take a lane. Raises AtCapacity, NotServed, InvalidRequest, Unavailable."""
        self._opening += 1
        request = self.replica.open(relay.lane, relay.config.session, relay.checkpoint)
        try:
            await answer_of(request, self._call_timeout_s)
            if self._lost:
                raise lost()
            self.relays[relay.lane] = relay
            relay.replica = self.replica.name
            relay.keep_voice(self.info.voices)
            relay.wishes.takes_terms = self.info.terms
        except (asyncio.CancelledError, Unavailable):
            self._leaving.append(relay.lane)  # the replica may have taken the lane
            raise
        finally:
            self._opening -= 1
            self._busy.set()

    async def free(self, lane: str) -> None:
        """Another gateway's lane, whose name no other has or will have; where the replica does not
        answer at once, its lease frees it."""
        with suppress(InterpError):
            await answer_of(self.replica.close(lane), ASKED_TIMEOUT_S)

    async def run(self) -> None:
        """Tick while there are sessions, until told to leave. Raises an InterpError when the
        replica is lost."""
        try:
            while True:
                await self._busy.wait()
                if self._left:
                    return
                await self._close_left()
                if self.relays:
                    await self._tick()
                else:
                    self._busy.clear()
        finally:
            self._lost = True

    async def _tick(self) -> None:
        started_ms = self._clock.now_ms()
        asked = dict(self.relays)
        weight = sum(weight_of(relay.wishes.targets) for relay in asked.values())
        quality = self.info.quality(max(weight, self._measured.sessions))
        inbound = {key: relay.take_inputs(quality) for key, relay in asked.items()}
        with self._metrics.tracing.span("tick", list(asked), replica=self.replica.name):
            outs = await answer_of(self.replica.tick(inbound), self._call_timeout_s)
        said: dict[str, Outbound] = {out.session_id: out for out in outs}
        for session_id, relay in asked.items():
            if relay.ended:
                continue
            if session_id not in said:
                del self.relays[session_id]
                self._forgotten(relay)
                continue
            try:
                relay.deliver(said[session_id])
            except InterpError as error:
                relay.fail(error)
        spent_ms = self._clock.now_ms() - started_ms
        self._metrics.tick.labels(self.replica.name).observe(spent_ms / 1000)
        await asyncio.sleep(rest_ms(self._settings.tick_ms, spent_ms) / 1000)

    async def _close_left(self) -> None:
        for session_id in [key for key, relay in self.relays.items() if relay.ended]:
            del self.relays[session_id]
            self._leaving.append(session_id)
        while self._leaving:
            closing = self.replica.close(self._leaving[-1])
            await answer_of(closing, self._call_timeout_s)
            self._leaving.pop()


def rest_ms(tick_ms: float, spent_ms: float) -> float:
    """Between the end of a call that took so long and the next one."""
    return max(tick_ms - spent_ms, min(spent_ms * (1 / MOST_OF_TIME - 1), MOST_TICKS * tick_ms))
