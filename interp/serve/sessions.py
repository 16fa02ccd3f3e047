"""The sessions of a gateway: started, resumed, kept for a while without a stream, drained."""

import asyncio
import copy
import logging
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from weakref import WeakValueDictionary

from interp.core.clock import Clock
from interp.core.config import targets_of
from interp.core.errors import AtCapacity, OutOfOrder, Reason, TakenOver, Unavailable
from interp.core.tracing import Span, Tracing
from interp.engine.replica import ReplicaInfo
from interp.intake.format import IntakeLimits
from interp.intake.intake import Intake
from interp.policies import parse
from interp.serve.auth import Tenant, check_pair
from interp.serve.dispatcher import Dispatcher
from interp.serve.limits import RelaySettings
from interp.serve.metrics import Metrics
from interp.serve.picture import PictureReaders
from interp.serve.record import Record
from interp.serve.recorder import Recorder
from interp.serve.relay import Relay
from interp.serve.slides import SlideReaders
from interp.serve.stream import Stream
from interp.serve.vault import Keeper
from interp.wire.messages import GoingAway, Resume, StreamConfig
from interp.wire.status import our_error

CHECK_MS = 100
"""How often the time limits of all sessions are looked at."""

WRONG_TOKEN_S = 0.5
MAX_WRONG_TOKENS = 8
"""Answers to wrong tokens of one tenant that may wait at once."""

DECODING_THREADS = 64
"""They only wait for decoders, which have a process each."""

log = logging.getLogger(__name__)


class Sessions:
    """Every session that has a lane, and those that ended lately and may still be resumed for what
    was on its way. slides, pictures: who reads what speakers show."""

    def __init__(
        self,
        *,
        dispatcher: Dispatcher,
        settings: RelaySettings,
        intake: IntakeLimits,
        clock: Clock,
        metrics: Metrics,
        keeper: Keeper | None = None,
    ) -> None:
        """keeper: of records that outlive this gateway."""
        self._keeper = keeper
        self._dispatcher, self._settings, self._intake = dispatcher, settings, intake
        self._clock, self._metrics = clock, metrics
        self._relays: dict[str, Relay] = {}
        self._resuming = WeakValueDictionary[str, asyncio.Lock]()
        self._forgetting: set[asyncio.Future[None]] = set()
        self._waiting: Counter[str] = Counter()
        self._starting: Counter[str] = Counter()
        self._threads = ThreadPoolExecutor(DECODING_THREADS, "intake")
        self.slides, self.pictures = SlideReaders(), PictureReaders()
        self._draining = False
        self._emptied = asyncio.Event()

    def __len__(self) -> int:
        """Sessions now, without those that have ended."""
        return sum(not relay.ended for relay in self._relays.values())

    def running(self) -> list[Relay]:
        """All sessions, for who looks on: `relay.downlink.watch()`, `relay.control()`."""
        return [relay for relay in self._relays.values() if not relay.ended]

    def find(self, session_id: str) -> Relay | None:
        """The session of this name, if it runs here."""
        relay = self._relays.get(session_id)
        return None if relay is None or relay.ended else relay

    async def offers(self) -> list[ReplicaInfo]:
        """What the replicas that live now offer."""
        return await self._dispatcher.infos()

    async def start(self, tenant: Tenant, wanted: StreamConfig) -> Relay:
        """A new session with a lane.

        Raises InvalidRequest, NotServed, Forbidden, AtCapacity, Unavailable.
        """
        self._check_open()
        check_pair(tenant, wanted.session)
        parse(wanted.session.policy)
        window_s = min(wanted.resume_window_s, self._settings.resume_s)
        relay = self._relay(tenant, replace(wanted, resume_window_s=window_s))
        await self._admit(relay)
        self._metrics.started.inc()
        relay.span = _span_of(relay, self._metrics.tracing, resumed=False)
        log.info("session started", extra=_named(relay))
        await self._record(relay)
        return relay

    def _relay(self, tenant: Tenant, config: StreamConfig) -> Relay:
        recorded = bool(self._keeper and config.resumable)
        intake = Intake(config.audio, self._intake, self._clock, recorded=recorded)
        return Relay(
            tenant=tenant,
            config=config,
            intake=intake,
            settings=self._settings,
            threads=self._threads,
            clock=self._clock,
            metrics=self._metrics,
            recorded=recorded,
        )

    async def _admit(self, relay: Relay) -> None:
        """Give it a lane and a place here, or end it."""
        try:
            with self._quota(relay.tenant):
                await self._dispatcher.place(relay)
            self._check_open()
        except BaseException:
            relay.end()
            raise
        self._list(relay)

    def _list(self, relay: Relay) -> None:
        """From now on its session is this one, whatever there was of it before."""
        if earlier := self._relays.get(relay.session_id):
            earlier.lose()
            self._note_end(earlier)
        self._relays[relay.session_id] = relay
        self._metrics.sessions.set(len(self))

    async def _record(self, relay: Relay) -> None:
        """Begin its record, where it is to have one, however long the vault takes to answer."""
        if not (relay.recorded and self._keeper):
            return
        relay.recorder = Recorder(relay.session_id, self._keeper)
        record = Record(relay.session_id, relay.tenant.name, relay.config, self._settings.journal_s)
        try:
            with relay.lifetime.held():
                await self._keeper.open(record)
                await relay.keep(())
        except asyncio.CancelledError:  # its client is gone, and has no token to come back with
            relay.end()
            self._note_end(relay)
            self._forget(relay)
            raise

    async def resume(self, tenant: Tenant, wanted: Resume) -> Relay:
        """A session that another stream carried.

        Raises OutOfOrder(RESUME_EXPIRED), and not at once; AtCapacity(QUOTA) for a tenant who tries
        many tokens. A token that was used before ends its session as well.
        """
        mine = [relay for relay in self._relays.values() if relay.tenant == tenant]
        for each in mine:
            if each.tokens.spent(wanted.token):
                each.fail(TakenOver(Reason.SESSION_TAKEN_OVER, "a resume token was used twice"))
        lock = self._resuming.setdefault(wanted.token, asyncio.Lock())
        async with lock:  # of two with one token the second finds what the first made of it
            relay = await self._found(tenant, wanted)
        if relay is None or not relay.config.resumable:
            await self._make_wait(tenant)
            raise OutOfOrder(
                Reason.RESUME_EXPIRED, "no session to resume with this token; start a session"
            )
        relay.downlink.rewind(wanted.received_sequence)
        relay.tokens.turn()
        log.info("session resumed", extra=_named(relay))
        return relay

    async def _found(self, tenant: Tenant, wanted: Resume) -> Relay | None:
        """The session that this token resumes, here or from elsewhere. Raises as _take_over."""
        mine = (relay for relay in self._relays.values() if relay.tenant == tenant)
        relay = next((each for each in mine if each.tokens.good(wanted.token)), None)
        if relay and await _still_ours(relay):
            return relay
        return await self._take_over(tenant, wanted)

    async def _take_over(self, tenant: Tenant, wanted: Resume) -> Relay | None:
        """A session that another gateway had. Raises AtCapacity, Unavailable where it cannot go on
        now: the token stays good."""
        record = await self._keeper.claim(wanted) if self._keeper else None
        if record is None or record.facts is None or record.tenant != tenant.name:
            return None
        if not record.past.whole:
            return None
        relay = self._relay(tenant, record.config)
        kept = await asyncio.to_thread(copy.deepcopy, record)
        try:
            await relay.restore(record, record.facts)
            if not relay.ended:
                await self._dispatcher.free(record.facts.lane)
        except BaseException:
            relay.end()
            raise
        if relay.ended:
            self._list(relay)
        else:
            await self._admit(relay)
        assert self._keeper, "the record came from it"
        self._keeper.adopt(kept)
        relay.recorder = Recorder(relay.session_id, self._keeper, record.revision)
        relay.span = _span_of(relay, self._metrics.tracing, resumed=True)
        log.info("session taken over", extra=_named(relay))
        return relay

    @asynccontextmanager
    async def carried(self, relay: Relay) -> AsyncIterator[Stream]:
        """A stream that carries the session while the context is open.

        A call that was cut off leaves a resumable session waiting; any other way out ends it. One
        that has ended waits as well: its last words may not have arrived.
        """
        stream = relay.attach()
        try:
            yield stream
        except asyncio.CancelledError:
            if stream.current and relay.config.resumable:
                relay.detach()
            raise
        except Exception as error:
            if stream.current:
                relay.fail(our_error(error))
            raise
        finally:
            if stream.current:
                relay.end()
                self._note_end(relay)
                relay.detach()
            if not relay.config.resumable:
                self._forget(relay)

    async def watch(self) -> None:
        """Hold sessions to their time limits, for as long as the server runs."""
        while True:
            for relay in list(self._relays.values()):
                relay.check()
                if relay.lifetime.expired:
                    relay.end()
                if relay.ended and relay.stream is None:
                    self._note_end(relay)
                if relay.lifetime.expired:
                    self._forget(relay)
            await asyncio.sleep(CHECK_MS / 1000)

    async def drain(self, deadline_s: float, hurry: asyncio.Event) -> None:
        """Refuse new sessions, tell those that run, wait for them, end the last at the deadline, or
        when told to hurry."""
        self._draining = True
        self._emptied.clear()
        for relay in self._relays.values():
            relay.notify(GoingAway(round(deadline_s * 1000), relay.tokens.offered))
        if self._all_over:
            return
        waits = [asyncio.ensure_future(event.wait()) for event in (self._emptied, hurry)]
        await asyncio.wait(waits, timeout=deadline_s, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        for relay in self._relays.values():
            relay.fail(Unavailable(Reason.DRAINING, "this server has gone away", 1000))

    async def _make_wait(self, tenant: Tenant) -> None:
        """Whoever has a wrong token has time; whoever tries many at once is sent away."""
        if self._waiting[tenant.name] >= MAX_WRONG_TOKENS:
            raise AtCapacity(Reason.QUOTA, "too many wrong resume tokens", 10_000)
        self._waiting[tenant.name] += 1
        try:
            await asyncio.sleep(WRONG_TOKEN_S)
        finally:
            self._waiting[tenant.name] -= 1

    def close(self) -> None:
        """Nothing runs any more."""
        self._threads.shutdown(wait=False)

    def _check_open(self) -> None:
        if self._draining:
            raise Unavailable(Reason.DRAINING, "this server is going away; try another", 1000)

    @contextmanager
    def _quota(self, tenant: Tenant) -> Iterator[None]:
        """Counts a session of the tenant while it is being started."""
        running = sum(relay.tenant == tenant and not relay.ended for relay in self._relays.values())
        if 0 < tenant.sessions <= running + self._starting[tenant.name]:
            raise AtCapacity(Reason.QUOTA, "this key has all its sessions in use", 1000)
        self._starting[tenant.name] += 1
        try:
            yield
        finally:
            self._starting[tenant.name] -= 1

    @property
    def _all_over(self) -> bool:
        return all(relay.noted for relay in self._relays.values())

    def _note_end(self, relay: Relay) -> None:
        """Once for each session."""
        if relay.noted:
            return
        relay.noted = True
        if self._all_over:
            self._emptied.set()
        self._metrics.ended.labels(relay.how_ended).inc()
        relay.span.end(how=relay.how_ended, worked_ms=relay.worked_ms, replica=relay.replica)
        self._metrics.sessions.set(len(self))
        log.info("session ended", extra={**_named(relay), "reason": relay.how_ended})

    def _forget(self, relay: Relay) -> None:
        self._relays.pop(relay.session_id, None)
        if relay.recorder and self._keeper:
            task = asyncio.ensure_future(self._keeper.forget(relay.session_id))
            self._forgetting.add(task)
            task.add_done_callback(self._forgetting.discard)


def _span_of(relay: Relay, tracing: Tracing, *, resumed: bool) -> Span:
    """For who follows the sessions from outside."""
    session = relay.config.session
    return tracing.session(
        relay.session_id,
        resumed=resumed,
        tenant=relay.tenant.name,
        source=session.source,
        targets=", ".join(each.target for each in targets_of(session)),
        policy=session.policy,
        audio=relay.config.audio.encoding.value,
    )


def _named(relay: Relay) -> dict[str, str]:
    return {"session_id": relay.session_id, "tenant": relay.tenant.name}


async def _still_ours(relay: Relay) -> bool:
    """Whether no other gateway goes on with it."""
    with relay.lifetime.held():
        await relay.keep(())
    return not relay.lost
