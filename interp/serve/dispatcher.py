"""Sessions to replicas: placed by load, and moved to another when theirs is lost."""

import asyncio
import logging
from collections.abc import Coroutine, Sequence
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
from interp.engine.replica import ReplicaInfo, ReplicaPool, answer_of, lost
from interp.serve.link import DispatchSettings, Link
from interp.serve.metrics import Metrics
from interp.serve.relay import Relay

log = logging.getLogger(__name__)


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
                    link.check_room(relay)
                await link.open(relay)
            except (AtCapacity, Unavailable) as refusal:
                refusals.append(refusal)
            else:
                return
        full = [refusal for refusal in refusals if isinstance(refusal, AtCapacity)]
        raise (full or refusals)[0]

    async def free(self, lane: str) -> None:
        """Nobody is to work in this lane any more: the session was another gateway's, and goes on
        in one of its own."""
        await asyncio.gather(*(link.free(lane) for link in await self._live_links()))

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
                    forgotten=lambda relay: self._start(self._miss(relay)),
                )
                self._links[replica.name] = link
                self._start(self._keep(link))
        links = (self._links.get(replica.name) for replica in listed)
        return [link for link in links if link and link.replica in listed]

    async def _keep(self, link: Link) -> None:
        """Run a link; when its replica is lost, move its sessions."""
        gone = False
        try:
            await link.run()
        except InterpError:
            gone = True
            log.warning("replica lost", extra={"replica": link.replica.name})
        if self._links.get(link.replica.name) is link:
            del self._links[link.replica.name]
            self._metrics.replicas.hide(link.replica.name, link.info)
        if not gone:
            return
        self._metrics.replicas_lost.inc()
        await self._pool.report_lost(link.replica)
        for relay in link.relays.values():
            if not relay.ended:
                self._start(self._move(relay))

    async def _miss(self, relay: Relay) -> None:
        """A session has no lane any more: another gateway has it now, or its lease ran out."""
        with relay.lifetime.held():
            await relay.keep(())
        if not relay.ended:
            await self._move(relay)

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
            listed = await self._live_links()
            for link in listed:
                await link.measure()
            for link in [each for each in self._links.values() if each not in listed]:
                link.leave()
            self._metrics.pool.show(self._pool.size)
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
