"""Sessions to replicas: one gathered call per replica and tick, another replica when one is lost.

A replica's lane is opened here and closed by that replica's link alone, so that no call for an
earlier occupant can overtake one for the next.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from math import inf
from types import TracebackType
from typing import Any

from interp.core.clock import Clock
from interp.core.config import SessionConfig, pair_not_served, pair_of, targets_of, voice_of
from interp.core.errors import (
    AtCapacity,
    EngineFailed,
    InterpError,
    NotServed,
    Reason,
    Unavailable,
)
from interp.core.events import Output, Warned, WarningCode
from interp.core.languages import language_of
from interp.core.translator import Pair
from interp.engine.load import FIRST_SHARE, Load
from interp.engine.replica import Outbound, Replica, ReplicaInfo, ReplicaPool, answer_of, lost
from interp.serve.metrics import Metrics
from interp.serve.relay import Relay

FULL_RETRY_MS = 1_000
MEASURE_TIMEOUT_S = 0.25
SPOKEN = 2
"""A session with speech costs what so many with text alone do."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DispatchSettings:
    """tick_ms: between two calls to a replica. replace_s: how long a session waits for another.
    max_moves: losses in a row, without a checkpoint between them, after which the session itself is
    to blame. full_lag_ms: a replica whose words come so late is given no new session (0: lanes
    alone decide). measure_s: between two looks at how much each has to do."""

    tick_ms: int = 25
    replace_s: float = 75.0
    retry_ms: int = 100
    max_moves: int = 3
    full_lag_ms: float = 2_000.0
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
        self._lost = False
        self._busy = asyncio.Event()

    @property
    def load(self) -> float:
        """What it has to do, in shares of a core, with what was put on it since that was measured.

        Of two that are equally busy the one with more lanes free comes first.
        """
        since = len(self.relays) + self._opening - self._measured_with
        taken = self._measured.sessions + since
        busy = inf if self._silent else self._measured.busy
        return busy + FIRST_SHARE * since + 0.1 * taken / max(1, self.info.lanes)

    async def measure(self) -> None:
        """Ask how much it has to do. One that does not say so at once comes after all others."""
        own = len(self.relays) + self._opening
        try:
            self._measured = await answer_of(self.replica.load(), MEASURE_TIMEOUT_S)
        except InterpError:
            self._silent = True
            self._metrics.replicas.hide(self.replica.name, self.info)
            return
        self._silent, self._measured_with = False, own
        self._metrics.replicas.show(self.replica.name, self.info, self._measured)

    def check_room(self) -> None:
        """Raises AtCapacity where one session more would be late."""
        most_ms = self._settings.full_lag_ms
        if most_ms and self._measured.full(most_ms):
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

    async def run(self) -> None:
        """Tick while there are sessions. Raises an InterpError when the replica is lost."""
        try:
            while True:
                await self._busy.wait()
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
        weight = sum(SPOKEN if relay.wishes.speaks else 1 for relay in asked.values())
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
        await asyncio.sleep(max(0.0, self._settings.tick_ms - spent_ms) / 1000)

    async def _close_left(self) -> None:
        for session_id in [key for key, relay in self.relays.items() if relay.ended]:
            del self.relays[session_id]
            self._leaving.append(session_id)
        while self._leaving:
            closing = self.replica.close(self._leaving[-1])
            await answer_of(closing, self._call_timeout_s)
            self._leaving.pop()


class Dispatcher:
    """All links of a gateway. Use as `async with`: leaving it stops the ticks."""

    def __init__(
        self,
        *,
        pool: ReplicaPool,
        settings: DispatchSettings,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._pool, self._settings = pool, settings
        self._clock, self._metrics = clock, metrics
        self._links: dict[str, Link] = {}
        self._tasks = asyncio.TaskGroup()
        self._running: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "Dispatcher":
        await self._tasks.__aenter__()
        self._measuring = self._tasks.create_task(self._measure())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for task in (*self._running, self._measuring):
            task.cancel()
        await self._tasks.__aexit__(kind, error, trace)

    async def infos(self) -> list[ReplicaInfo]:
        """What the replicas that live now offer."""
        return [link.info for link in await self._live_links()]

    async def place(self, relay: Relay, *, moved: bool = False) -> None:
        """Give a session a lane on the least loaded replica that serves it.

        moved: it runs already, and is not turned away where only its words would be late. Raises
        NotServed, InvalidRequest, AtCapacity(NO_LANE), Unavailable(REPLICA_LOST).
        """
        links = await self._live_links()
        if not links:
            raise lost()
        wanted = relay.config.session
        able = [link for link in links if _serves(link.info, wanted)]
        if not able:
            raise _why_not(links, wanted)
        refusals: list[InterpError] = []
        if len(able) > 1 or not moved:
            await asyncio.gather(*(link.measure() for link in able))
        for link in sorted(able, key=lambda each: each.load):
            try:
                if not moved:
                    link.check_room()
                await link.open(relay)
            except (AtCapacity, Unavailable) as refusal:
                refusals.append(refusal)
            else:
                return
        full = [refusal for refusal in refusals if isinstance(refusal, AtCapacity)]
        raise (full or refusals)[0]

    async def _live_links(self) -> Sequence[Link]:
        """Links to the replicas that the pool lists now; others keep the sessions they have."""
        listed = self._pool.replicas()
        for replica in listed:
            known = self._links.get(replica.name)
            if known and known.replica is replica:
                continue
            try:
                info = await answer_of(replica.info(), self._pool.call_timeout_s)
            except InterpError:
                await self._pool.report_lost(replica)
                continue
            if self._links.get(replica.name) is known:
                link = Link(
                    replica,
                    info,
                    settings=self._settings,
                    call_timeout_s=self._pool.call_timeout_s,
                    clock=self._clock,
                    metrics=self._metrics,
                    forgotten=lambda relay: self._start(self._move(relay)),
                )
                self._links[replica.name] = link
                self._start(self._keep(link))
        links = (self._links.get(replica.name) for replica in listed)
        return [link for link in links if link and link.replica in listed]

    async def _keep(self, link: Link) -> None:
        """Run a link; when its replica is lost, move its sessions."""
        try:
            await link.run()
        except InterpError:
            log.warning("replica lost", extra={"replica": link.replica.name})
        self._metrics.replicas_lost.inc()
        if self._links.get(link.replica.name) is link:
            del self._links[link.replica.name]
            self._metrics.replicas.hide(link.replica.name, link.info)
        await self._pool.report_lost(link.replica)
        for relay in link.relays.values():
            if not relay.ended:
                self._start(self._move(relay))

    async def _move(self, relay: Relay) -> None:
        """Have a session worked through again elsewhere, from its last checkpoint."""
        try:
            moves = relay.rewind()
        except Unavailable as error:
            relay.fail(error)
            return
        if moves > self._settings.max_moves:
            relay.fail(EngineFailed(Reason.ENGINE_FAILED, "the session cannot be worked through"))
            return
        deadline_ms = self._clock.now_ms() + self._settings.replace_s * 1000
        while not relay.ended:
            relay.lifetime.moved()  # it is no replica that stalls
            try:
                await self.place(relay, moved=True)
            except (AtCapacity, Unavailable):
                if self._clock.now_ms() > deadline_ms:
                    relay.fail(lost())
            except InterpError as error:
                relay.fail(error)
            else:
                self._metrics.moved.inc()
                log.info("session moved", extra={"session_id": relay.session_id})
                relay.notify(Warned(WarningCode.REPLICA_REPLACED))
                return
            await asyncio.sleep(self._settings.retry_ms / 1000)

    async def _measure(self) -> None:
        """For who scales by it, and so that a link knows of other gateways' sessions."""
        while True:
            for link in await self._live_links():
                await link.measure()
            await asyncio.sleep(self._settings.measure_s)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._tasks.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)


def _serves(info: ReplicaInfo, wanted: SessionConfig) -> bool:
    return all(_hears(info, each) and _speaks(info, each) for each in targets_of(wanted))


def _hears(info: ReplicaInfo, wanted: SessionConfig) -> bool:
    try:
        pair_of(wanted, info.pairs)
    except NotServed:
        return False
    return True


def _speaks(info: ReplicaInfo, wanted: SessionConfig) -> bool:
    silent = not wanted.voice and Output.SPEECH not in wanted.outputs
    return silent or voice_of(wanted, info.voices) is not None


def _why_not(links: Sequence[Link], wanted: SessionConfig) -> InterpError:
    for each in targets_of(wanted):
        if not any(_hears(link.info, each) for link in links):
            pair = Pair(language_of(each.source), language_of(each.target))
            return pair_not_served(pair, {one for link in links for one in link.info.pairs})
    return NotServed(Reason.VOICE_NOT_SERVED, "this voice is not served; see ListVoices")
