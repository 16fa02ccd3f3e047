"""One session as the gateway holds it, between a client's stream and a replica's lane.

Everything runs on the event loop and only `Stream.next` waits: the stream puts inputs in and takes
responses out; the dispatcher takes inputs and puts in what the replica says.
"""

import asyncio
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NoReturn

from interp.core.audio import TARGET_RATE_HZ, ms_to_samples, samples_to_ms
from interp.core.clock import Clock
from interp.core.errors import InterpError, OutOfOrder, Reason, SessionLimit, TakenOver, Unavailable
from interp.core.events import (
    Checkpoint,
    End,
    Event,
    Input,
    Interrupt,
    Numbered,
    SessionEnded,
    SetPolicy,
    TargetSpeech,
    TargetText,
    Warned,
)
from interp.engine.journal import Journal
from interp.engine.replica import Outbound
from interp.intake.intake import Heard, Intake
from interp.policies import parse
from interp.serve.auth import Tenant
from interp.serve.metrics import Metrics
from interp.serve.outbox import Outbox, OutboxSettings
from interp.serve.progress import Progress
from interp.wire.messages import (
    AudioMessage,
    Body,
    Control,
    Response,
    SessionStarted,
    SilenceMessage,
    StreamConfig,
)

MAX_WAITING_INPUTS = 10_000
"""Messages of one session between two ticks; a client that sends more is not speaking."""


@dataclass(frozen=True, slots=True)
class RelaySettings:
    """Limits of a session.

    idle_s: without audio while the stream is open. max_duration_s: of the whole session. resume_s:
    the most a detached session is kept. stall_s: without progress by the replica while it has
    work. journal_s: audio kept for a replay. ack_ms, lag_ms: between two AudioAck, two Lag.
    """

    idle_s: float = 60.0
    max_duration_s: float = 6 * 3600.0
    resume_s: float = 60.0
    stall_s: float = 60.0
    journal_s: float = 90.0
    ack_ms: int = 250
    lag_ms: int = 1000
    outbox: OutboxSettings = field(default_factory=OutboxSettings)


class Relay:
    """A session: what came in, what goes out, and how it stands."""

    def __init__(
        self,
        *,
        tenant: Tenant,
        config: StreamConfig,
        intake: Intake,
        settings: RelaySettings,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self.session_id = uuid.uuid4().hex
        self.token = secrets.token_urlsafe(24)
        self.tenant, self.config = tenant, config
        self.journal = Journal(ms_to_samples(round(settings.journal_s * 1000)))
        kept_bytes = settings.outbox.kept_bytes if config.resume_window_s else 0
        self.outbox = Outbox(replace(settings.outbox, kept_bytes=kept_bytes))
        self.stream: Stream | None = None
        self.moves = 0
        self.ended = False
        self.error: InterpError | None = None
        self._intake = intake
        self._settings, self._clock, self._metrics = settings, clock, metrics
        self._inputs: list[Input] = []
        self._progress = Progress(ack_ms=settings.ack_ms, lag_ms=settings.lag_ms, clock=clock)
        self._completed = False
        self._heard_samples = 0
        self._spoken_ms = 0
        self._hushed_ms = -1
        self._started_ms = self._detached_at_ms = clock.now_ms()

    @property
    def resumable(self) -> bool:
        """Whether the session outlives its stream."""
        return self.config.resume_window_s > 0

    @property
    def expired(self) -> bool:
        """Whether it has waited for a stream long enough."""
        waited_ms = self._clock.now_ms() - self._detached_at_ms
        return self.stream is None and waited_ms > self.config.resume_window_s * 1000

    @property
    def resume_token(self) -> str:
        """As the client may know it: empty if the session cannot be resumed."""
        return self.token if self.resumable else ""

    @property
    def how_ended(self) -> str:
        """OK, CANCELLED or the reason of its error; for the records."""
        if self.error:
            return self.error.reason.value
        return "OK" if self._completed else "CANCELLED"

    def attach(self) -> "Stream":
        """A new stream carries the session from now on; the one before is told so."""
        if self.stream:
            self.stream.cut(TakenOver(Reason.SESSION_TAKEN_OVER, "another stream resumed it"))
        self.stream = Stream(self)
        self._progress.heard()
        return self.stream

    def detach(self) -> None:
        """The stream is gone without a word; the session waits for another."""
        self.stream = None
        self._detached_at_ms = self._clock.now_ms()

    def started(self, *, resumed: bool) -> SessionStarted:
        """What opens a stream."""
        ack = self._progress.ack
        return SessionStarted(self.session_id, self.resume_token, self.config, resumed, ack)

    def hear(self, message: AudioMessage | SilenceMessage) -> None:
        """Take audio in. Raises InvalidRequest, OutOfOrder, SessionLimit."""
        known = 0 < message.sequence <= self._progress.ack.audio_sequence
        if self._progress.input_ended:
            if known:
                return  # sent again after a resume
            raise OutOfOrder(Reason.MALFORMED_MESSAGE, "the speech was already ended")
        self._progress.heard()
        match message:
            case AudioMessage(sequence, offset_ms, content):
                self._take_in(self._intake.push(sequence, offset_ms, content))
            case SilenceMessage(_, duration_ms):
                if not known:
                    self._take_in(self._intake.silence(duration_ms))
        self._progress.acknowledge(message.sequence, self._intake.received_ms)

    def control(self, control: Control) -> None:
        """Take a control in, at its place among the audio. Raises InvalidRequest, NotServed."""
        if self._progress.input_ended:
            return
        if isinstance(control, SetPolicy):
            parse(control.policy)
        if isinstance(control, Interrupt):
            self.outbox.drop_speech()
            self._hushed_ms = samples_to_ms(self._heard_samples)
        self._put(control)

    def end_input(self) -> None:
        """The speaker has finished."""
        if not self._progress.input_ended:
            self._take_in(self._intake.finish())
            self._progress.input_ended = True
            self._put(End())
            self._say(self._progress.ack)

    def take_inputs(self) -> list[Input]:
        """Inputs for the replica since the last call, in order."""
        inputs, self._inputs = self._inputs, []
        return inputs

    def rewind(self) -> None:
        """The replica was lost: have everything since the checkpoint taken again."""
        self.moves += 1
        self._inputs = self.journal.replay()
        self._progress.restarted()

    def deliver(self, out: Outbound) -> None:
        """What the replica says, once: events that were told before a replay are passed over."""
        for item in out.items:
            match item:
                case Checkpoint():
                    self.journal.trim(item)
                    self.moves = 0
                case Numbered(event=event):
                    if self._is_new(item):
                        self._tell(event)
        self._progress.worked(out)
        if out.error:
            self.fail(out.error)
        self._report()

    def notify(self, body: Body) -> None:
        """Tell the client something that the gateway knows."""
        self._say(body)

    def fail(self, error: InterpError) -> None:
        """End with an error, after what is queued for the client."""
        if not self.ended:
            self.error = error
            self.end()

    def end(self) -> None:
        """End; the lane is freed at the next tick."""
        self.ended = True
        self._intake.close()
        self.outbox.wake()

    def check(self) -> None:
        """Hold the session to its time limits."""
        now_ms, limits = self._clock.now_ms(), self._settings
        if self.ended:
            return
        if now_ms - self._started_ms > limits.max_duration_s * 1000:
            self.fail(SessionLimit(Reason.MAX_DURATION, "the session reached its longest duration"))
        elif self._idle():
            self.fail(SessionLimit(Reason.IDLE_TIMEOUT, "no audio came for too long"))
        elif self._progress.stalled_ms > limits.stall_s * 1000:
            self.fail(Unavailable(Reason.REPLICA_LOST, "the replica does not go on", 1000))

    def _idle(self) -> bool:
        waiting = self.stream is not None and not self._progress.input_ended
        return waiting and self._progress.idle_ms > self._settings.idle_s * 1000

    def _take_in(self, heard: Iterable[Heard]) -> None:
        for each in heard:
            if isinstance(each, Warned):
                self._say(each)
                continue
            self._progress.received(each.samples.size)
            self._heard_samples += each.samples.size
            self._metrics.audio.inc(samples_to_ms(each.samples.size) / 1000)
            self._put(each)

    def _put(self, item: Input) -> None:
        if len(self._inputs) >= MAX_WAITING_INPUTS:
            raise SessionLimit(Reason.TOO_FAR_AHEAD, "more messages than a session may send")
        self.journal.record(item, ms_to_samples(self._progress.worked_ms))
        self._inputs.append(item)

    def _is_new(self, item: Numbered) -> bool:
        """Whether to tell it: a replay says again what was told, and an interrupt may overtake
        speech from before it."""
        if not item.of_voice:
            return self.journal.deliver(item)
        match item.event:
            case TargetSpeech(offset_ms=offset_ms, delay_ms=delay_ms, samples=samples):
                if offset_ms < self._spoken_ms or delay_ms <= self._hushed_ms:
                    return False
                self._spoken_ms = offset_ms + samples.size * 1000 // TARGET_RATE_HZ
        return True

    def _tell(self, event: Event) -> None:
        self._say(event)
        if isinstance(event, TargetText) and event.words:
            self._metrics.words.inc(len(event.words))
            self._metrics.word_age.observe(self._progress.wrote(event.words[-1]) / 1000)
        elif isinstance(event, SessionEnded):
            self._completed = True
            self.end()

    def _say(self, body: Body) -> None:
        dropped = self.outbox.dropped
        try:
            self.outbox.put(body)
        except SessionLimit as error:
            self.fail(error)
            if self.stream:
                self.stream.cut(error)
        if self.outbox.dropped and not dropped:
            self._metrics.outputs_dropped.inc()

    def _report(self) -> None:
        if self.ended:
            return
        if ack := self._progress.ack_due():
            self._say(ack)
        if lag := self._progress.lag_due():
            self._metrics.backlog.observe(lag.backlog_ms / 1000)
            self._metrics.depth.observe(len(self.outbox))
            self._say(lag)


class Stream:
    """The gRPC call that carries a session, until it ends or another takes over."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._why: InterpError | None = None
        self._cut = asyncio.Event()

    @property
    def current(self) -> bool:
        """Whether the session is still carried by this stream."""
        return self._relay.stream is self

    async def next(self) -> Response | None:
        """The next response; None when the session has come to its natural end.

        Raises the error that the session ended with.
        """
        relay = self._relay
        while self.current:
            if response := relay.outbox.take():
                return response
            if relay.error:
                raise relay.error
            if relay.ended:
                return None
            await relay.outbox.wait()
        return await self.until_cut()

    def cut(self, error: InterpError) -> None:
        """End the call now, even if its reader does not read."""
        self._why = self._why or error
        self._cut.set()
        self._relay.outbox.wake()

    async def until_cut(self) -> NoReturn:
        """Wait until the call is to end at once; raises why."""
        await self._cut.wait()
        assert self._why, "a stream is cut for a reason"
        raise self._why
