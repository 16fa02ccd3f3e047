"""A replica's insides: a fixed lane table and one compute thread that serves all lanes in batches.

`tick` may be called from any thread and never waits for a model: it leaves inputs in a lane's inbox
and takes what is in its outbox. Only the compute thread touches sessions.
"""

import logging
import threading
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from interp.core.audio import samples_to_ms
from interp.core.clock import Clock
from interp.core.config import SessionConfig
from interp.core.errors import (
    AtCapacity,
    EngineFailed,
    InterpError,
    InvalidRequest,
    Reason,
    SessionLimit,
)
from interp.core.events import Audio, Checkpoint, Input, Numbered
from interp.core.synthesiser import Synthesiser
from interp.core.translator import Translator
from interp.engine.batch import run_batch
from interp.engine.gate import Gate
from interp.engine.replica import Inbound, Outbound, ReplicaInfo
from interp.engine.segment import AnyAnswer, AnyWork, Work
from interp.engine.session import Session, SessionSettings

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HostSettings:
    """lanes: sessions at once. lease_ms: a lane no gateway asked for this long is freed.

    inbox_ms: audio a lane may have waiting; more ends its session.
    """

    lanes: int = 8
    lease_ms: int = 15_000
    inbox_ms: int = 90_000
    session: SessionSettings = field(default_factory=lambda: SessionSettings(catch_up_ms=6_000))


@dataclass(slots=True)
class Lane:
    """One occupant's slot; a new occupant gets a new Lane, so nothing of the old can be sent.

    heard_samples: source audio up to here was received. fault: ended it in this round; it becomes
    its error together with what it had to say before.
    """

    session: Session
    renewed_ms: float
    heard_samples: int
    inbox: list[Input] = field(default_factory=list)
    outbox: list[Numbered | Checkpoint] = field(default_factory=list)
    worked_ms: int = 0
    fault: InterpError | None = None
    error: InterpError | None = None


class Host:
    """Lanes over one translator and at most one voice. start() the compute thread, stop() it."""

    def __init__(
        self,
        *,
        gate: Gate,
        translator: Translator,
        clock: Clock,
        settings: HostSettings,
        info: ReplicaInfo,
        synthesiser: Synthesiser | None = None,
    ) -> None:
        self._gate, self._translator, self._clock = gate, translator, clock
        self._synthesiser = synthesiser
        self._settings = settings
        self.info = info
        self._lanes: dict[str, Lane] = {}
        self._changed = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._compute, name="compute", daemon=True)

    @property
    def alive(self) -> bool:
        """Whether the compute thread runs."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Start the compute thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop the compute thread and wait for the batch it is in."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._thread.join(timeout=30)

    def open(self, session_id: str, config: SessionConfig, checkpoint: Checkpoint | None) -> None:
        """Take a lane. Raises AtCapacity, NotServed, InvalidRequest."""
        session = Session(
            config,
            gate=self._gate,
            translator=self._translator,
            clock=self._clock,
            settings=self._settings.session,
            checkpoint=checkpoint,
            synthesiser=self._synthesiser,
        )
        with self._changed:
            self._reap()
            if session_id in self._lanes:
                raise InvalidRequest(Reason.BAD_CONFIG, "this session is already open")
            if len(self._lanes) >= self._settings.lanes:
                raise AtCapacity(Reason.NO_LANE, "all lanes are taken", retry_after_ms=1000)
            start = checkpoint.position_samples if checkpoint else 0
            self._lanes[session_id] = Lane(
                session, self._clock.now_ms(), start, worked_ms=session.worked_ms
            )

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
                lanes = self._take_in()
            busy = self._round(lanes)

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
        """One batch over the lanes that need one, writing before speech; whether there was any."""
        works: dict[str, AnyWork] = {}
        for session_id, lane in lanes.items():
            with _blamed_on(session_id, lane):
                if work := lane.session.advance():
                    works[session_id] = work
        writing = {k: work for k, work in works.items() if isinstance(work, Work)}
        speaking = {k: work for k, work in works.items() if not isinstance(work, Work)}
        for some in (writing, speaking):
            for session_id, answer in self._answers(lanes, some).items():
                with _blamed_on(session_id, lanes[session_id]):
                    lanes[session_id].session.complete(answer)
        with self._changed:
            for lane in lanes.values():
                lane.outbox.extend(lane.session.take())
                lane.worked_ms = lane.session.worked_ms
                lane.error = lane.error or lane.fault
        return bool(works)

    def _answers(
        self,
        lanes: Mapping[str, Lane],
        works: Mapping[str, AnyWork],
    ) -> dict[str, AnyAnswer]:
        """The batch's answers; if it fails, each work alone, so that one lane fails and not all."""
        if not works:
            return {}
        try:
            found = run_batch(self._translator, list(works.values()), self._synthesiser)
            return dict(zip(works, found, strict=True))
        except Exception as error:  # noqa: BLE001  a model fault must not end other sessions
            log.error("batch failed", extra={"error": type(error).__name__, "lanes": len(works)})
        answers = {}
        for session_id, work in works.items():
            with _blamed_on(session_id, lanes[session_id]):
                (answers[session_id],) = run_batch(self._translator, [work], self._synthesiser)
        return answers


@contextmanager
def _blamed_on(session_id: str, lane: Lane) -> Iterator[None]:
    """A fault inside ends this lane's session and no other. Error texts are not logged."""
    try:
        yield
    except InterpError as error:
        lane.fault = error
    except Exception as error:  # noqa: BLE001  the lane is lost, the replica is not
        log.error(
            "session failed",
            extra={
                "session_id": session_id,
                "error": type(error).__name__,
                "where": traceback.format_tb(error.__traceback__)[-1],
            },
        )
        lane.fault = EngineFailed(Reason.ENGINE_FAILED, "the session failed; it is not your fault")
