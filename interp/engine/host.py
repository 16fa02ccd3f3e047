"""A replica's insides: a fixed lane table and one compute thread that serves all lanes in batches.

`tick` may be called from any thread and never waits for a model: it leaves inputs in a lane's inbox
and takes what is in its outbox. Only the compute thread touches sessions.
"""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from interp.core.audio import samples_to_ms
from interp.core.clock import Clock
from interp.core.config import SessionConfig, targets_of
from interp.core.errors import (
    AtCapacity,
    EngineFailed,
    InterpError,
    InvalidRequest,
    Reason,
    SessionLimit,
)
from interp.core.events import Audio, Checkpoint, Input, Said
from interp.core.logs import described
from interp.engine.gate import Gate
from interp.engine.load import SESSION_SHARE, Load, LoadMeter, weight_of
from interp.engine.models import Models
from interp.engine.replica import Inbound, Outbound, ReplicaInfo
from interp.engine.session import Session
from interp.engine.session_state import SessionSettings
from interp.engine.work import Answer, Failed, Work, attempt

log = logging.getLogger(__name__)

ResultT = TypeVar("ResultT")


@dataclass(frozen=True, slots=True)
class HostSettings:
    """lanes: sessions at once. lease_ms: a lane no gateway asked for this long is freed.

    best_lanes: as ReplicaInfo, for one core of compute. inbox_ms: audio a lane may have waiting;
    more ends its session.
    """

    lanes: int = 8
    best_lanes: int = 2
    lease_ms: int = 5_000
    inbox_ms: int = 90_000
    session: SessionSettings = field(default_factory=lambda: SessionSettings(catch_up_ms=6_000))

    def __post_init__(self) -> None:
        if self.lanes < 1:
            raise InvalidRequest(Reason.BAD_CONFIG, "a replica has at least one lane")
        if self.best_lanes < 0:
            raise InvalidRequest(Reason.BAD_CONFIG, "best_lanes is not negative")


@dataclass(slots=True)
class Lane:
    """One occupant's slot; a new occupant gets a new Lane, so nothing of the old can be sent.

    opened_ms: when. counts: for so many sessions with text alone.
    heard_samples: source audio up to here was received. fault: ended it in this round; it becomes
    its error together with what it had to say before.
    """

    session: Session
    opened_ms: float
    renewed_ms: float
    heard_samples: int
    counts: int
    inbox: list[Input] = field(default_factory=list)
    outbox: list[Said] = field(default_factory=list)
    worked_ms: int = 0
    fault: InterpError | None = None
    error: InterpError | None = None


class Host:
    """Lanes over the models of a process. start() the compute thread, stop() it."""

    def __init__(
        self,
        *,
        gate: Gate,
        models: Models,
        clock: Clock,
        settings: HostSettings,
        info: ReplicaInfo,
        session_share: float = SESSION_SHARE,
    ) -> None:
        """session_share: of a core, what one costs."""
        self._gate, self._models, self._clock = gate, models, clock
        self._settings = settings
        self.info = info
        self._lanes: dict[str, Lane] = {}
        self._meter = LoadMeter(session_share)
        self._changed = threading.Condition()
        self._stopping = False
        self._thread: threading.Thread | None = None

    @property
    def alive(self) -> bool:
        """Whether the compute thread runs."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Start the compute thread, in the process that calls."""
        self._thread = threading.Thread(target=self._compute, name="compute", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop the compute thread and wait for the batch it is in."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        if self._thread:
            self._thread.join(timeout=30)

    def open(self, session_id: str, config: SessionConfig, checkpoint: Checkpoint | None) -> None:
        """Take a lane. Raises AtCapacity, NotServed, InvalidRequest."""
        session = Session(
            config,
            gate=self._gate,
            models=self._models,
            clock=self._clock,
            settings=self._settings.session,
            checkpoint=checkpoint,
        )
        with self._changed:
            self._reap()
            if session_id in self._lanes:
                raise InvalidRequest(Reason.BAD_CONFIG, "this session is already open")
            if len(self._lanes) >= self._settings.lanes:
                raise AtCapacity(Reason.NO_LANE, "all lanes are taken", retry_after_ms=1000)
            now_ms = self._clock.now_ms()
            start = checkpoint.position_samples if checkpoint else 0
            self._lanes[session_id] = Lane(
                session,
                now_ms,
                now_ms,
                start,
                weight_of(targets_of(config)),
                worked_ms=session.worked_ms,
            )

    def load(self) -> Load:
        """How much there is to do."""
        with self._changed:
            now_ms, lanes = self._clock.now_ms(), self._lanes.values()
            fresh = self._meter.fresh(now_ms, ((lane.opened_ms, lane.counts) for lane in lanes))
            return self._meter.load(now_ms, len(lanes), self._settings.lanes, fresh)

    def close(self, session_id: str) -> None:
        """Free the lane now; unknown ids are ignored."""
        with self._changed:
            self._lanes.pop(session_id, None)

    def tick(self, inbound: Inbound) -> list[Outbound]:
        """As Replica.tick."""
        with self._changed:
            now_ms = self._clock.now_ms()
            for session_id, inputs in inbound.items():
                if lane := self._lanes.get(session_id):
                    lane.renewed_ms = now_ms
                    self._receive(lane, inputs)
            self._changed.notify()
            self._reap()
            return [out for session_id in inbound if (out := self._outbound(session_id))]

    def _receive(self, lane: Lane, inputs: Sequence[Input]) -> None:
        lane.inbox.extend(inputs)
        lane.heard_samples += sum(i.samples.size for i in inputs if isinstance(i, Audio))
        waiting_ms = samples_to_ms(lane.heard_samples) - lane.worked_ms
        if waiting_ms > self._settings.inbox_ms and not lane.error:
            lane.error = SessionLimit(
                Reason.TOO_FAR_AHEAD, "more audio is waiting than a session may queue"
            )

    def _outbound(self, session_id: str) -> Outbound | None:
        lane = self._lanes.get(session_id)
        if lane is None:
            return None
        items, lane.outbox = tuple(lane.outbox), []
        if lane.error:
            self.close(session_id)
        return Outbound(session_id, items, lane.worked_ms, lane.error)

    def _reap(self) -> None:
        expired_ms = self._clock.now_ms() - self._settings.lease_ms
        for session_id in [k for k, v in self._lanes.items() if v.renewed_ms < expired_ms]:
            log.warning("lease over", extra={"session_id": session_id})
            self.close(session_id)

    def _compute(self) -> None:
        busy = False
        while True:
            with self._changed:
                if not busy:
                    self._changed.wait_for(self._has_news)
                if self._stopping:
                    return
            busy = self.work()

    def work(self) -> bool:
        """One round, which the compute thread does one after the other; whether there was any
        model work."""
        with self._changed:
            lanes = self._take_in()
        return self._round(lanes)

    def _has_news(self) -> bool:
        return self._stopping or any(v.inbox and not v.error for v in self._lanes.values())

    def _take_in(self) -> dict[str, Lane]:
        lanes = {k: lane for k, lane in self._lanes.items() if not lane.error}
        for lane in lanes.values():
            for item in lane.inbox:
                lane.session.feed(item)
            lane.inbox.clear()
        return lanes

    def _round(self, lanes: Mapping[str, Lane]) -> bool:
        """One step of every lane, their model work as one batch; whether there was any."""
        works: dict[str, Work] = {}
        started_ms = self._clock.now_ms()
        for session_id, lane in lanes.items():
            if work := _of(lane, session_id, lane.session.advance):
                works[session_id] = work
        for session_id, answer in zip(works, self._run(works), strict=True):
            lane = lanes[session_id]
            _of(lane, session_id, partial(lane.session.complete, answer))
        with self._changed:
            late_ms: list[float] = []
            for lane in lanes.values():
                late_ms += lane.session.lateness_ms()
                lane.outbox.extend(lane.session.take())
                lane.worked_ms = lane.session.worked_ms
                lane.error = lane.error or lane.fault
            if works:
                mean_ms = sum(late_ms) / len(late_ms) if late_ms else None
                self._meter.add(started_ms, self._clock.now_ms(), len(lanes), mean_ms)
        return bool(works)

    def _run(self, works: Mapping[str, Work]) -> list[Answer]:
        if not works:
            return []
        with self._models.tracing.span("round", list(works), lanes=len(works)):
            return self._models.run(list(works.values()))


def _of(lane: Lane, session_id: str, step: Callable[[], ResultT]) -> ResultT | None:
    """What a lane's step gives; a fault in it ends this session and no other."""
    found = attempt(step)
    if not isinstance(found, Failed):
        return found
    lane.fault = _told(session_id, found.error)
    return None


def _told(session_id: str, error: Exception) -> InterpError:
    """What a session is told of a fault. Texts of errors that are not ours are not even logged."""
    if isinstance(error, InterpError):
        return error
    log.error("session failed", extra={"session_id": session_id, **described(error)})
    return EngineFailed(Reason.ENGINE_FAILED, "the session failed; it is not your fault")
