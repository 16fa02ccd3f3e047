"""One session as the gateway holds it, between a client's stream and a replica's lane.

Everything runs on the event loop and only `Stream.next` waits: the stream puts inputs in and takes
responses out; the dispatcher takes inputs and puts in what the replica says.
"""

import secrets
import uuid
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace

from interp.core.clock import Clock
from interp.core.config import targets_of, voice_of
from interp.core.errors import InterpError, Reason, SessionLimit, TakenOver
from interp.core.events import (
    Audio,
    Checkpoint,
    Input,
    Interrupt,
    Numbered,
    Output,
    SessionEnded,
)
from interp.core.synthesiser import Voice
from interp.core.tracing import UNSEEN_SPAN
from interp.engine.replica import Outbound
from interp.intake.intake import Intake
from interp.serve.auth import Tenant
from interp.serve.downlink import Downlink
from interp.serve.inputs import Inputs
from interp.serve.lifetime import Lifetime
from interp.serve.limits import RelaySettings
from interp.serve.metrics import Metrics
from interp.serve.record import Facts, Record
from interp.serve.recorder import Recorder
from interp.serve.stream import Stream
from interp.serve.target_policies import TargetPolicies
from interp.serve.tokens import Tokens
from interp.serve.uplink import Uplink
from interp.serve.watch import Watch
from interp.serve.wishes import Wishes
from interp.wire.messages import (
    AudioMessage,
    Body,
    Control,
    Response,
    SessionStarted,
    SilenceMessage,
    StreamConfig,
)


class Relay:
    """A session's life: what carries it, what works on it, how it ended.

    lane: its name among a replica's lanes. downlink: what it says, also for watchers. lifetime: how
    long it may go on. wishes: what is asked of it now. stream: the call that carries it now.
    replica: the name of the one that works on it. read_s: as in the settings. recorded: whether
    another gateway could go on with it; recorder: where it is kept for that. ended: what is queued
    for the client may still be on its way. noted: its end was counted. error: what it ended with.
    worked_ms: source audio that the replica has worked through. span: for who follows the sessions
    from outside.
    """

    def __init__(
        self,
        *,
        tenant: Tenant,
        config: StreamConfig,
        intake: Intake,
        settings: RelaySettings,
        threads: Executor,
        clock: Clock,
        metrics: Metrics,
        recorded: bool = False,
    ) -> None:
        self.session_id = self.lane = uuid.uuid4().hex
        self.tokens = Tokens(resumable=config.resumable)
        self.tenant, self.config = tenant, config
        self._inputs = Inputs(journal_s=settings.journal_s, recorded=recorded)
        self._uplink = Uplink(
            inputs=self._inputs,
            policies=TargetPolicies([each.policy for each in targets_of(config.session)]),
            intake=intake,
            threads=threads,
            clock=clock,
            metrics=metrics,
        )
        kept_bytes = settings.outbox.kept_bytes if config.resume_window_s else 0
        self.downlink = Downlink(
            outbox=replace(settings.outbox, kept_bytes=kept_bytes),
            ack_ms=settings.ack_ms,
            lag_ms=settings.lag_ms,
            clock=clock,
            metrics=metrics,
        )
        self.wishes = Wishes(config.session)
        self.lifetime = Lifetime(settings, resume_window_s=config.resume_window_s, clock=clock)
        self.stream: Stream | None = None
        self.recorded = recorded
        self.recorder: Recorder | None = None
        self.read_s = settings.read_s
        self.replica = ""
        self.ended = self.noted = False
        self.error: InterpError | None = None
        self.span = UNSEEN_SPAN
        self._moves = 0
        self._completed = False
        self.worked_ms = 0

    @property
    def how_ended(self) -> str:
        """OK, CANCELLED or the reason of its error; for the records."""
        if self.error:
            return self.error.reason.value
        return "OK" if self._completed else "CANCELLED"

    @property
    def lost(self) -> bool:
        """Whether it goes on elsewhere, or nowhere since its token was used twice."""
        return self.error is not None and self.error.reason is Reason.SESSION_TAKEN_OVER

    @property
    def checkpoint(self) -> Checkpoint | None:
        """Where another replica is to begin."""
        return self._inputs.checkpoint

    def keep_voice(self, served: Sequence[Voice]) -> None:
        """The session goes on with the voice that speaks for it here, wherever it is moved."""
        session = self.config.session
        if Output.SPEECH in session.outputs and (voice := voice_of(session, served)):
            self.config = replace(self.config, session=replace(session, voice=voice.name))

    def listen(self) -> Watch[Audio]:
        """A tap on the speaker's audio."""
        return self._uplink.watch()

    async def restore(self, record: Record, facts: Facts) -> None:
        """Go on where another gateway was; to be placed on a lane of its own."""
        self.session_id = record.session_id
        self.tokens = Tokens(facts.tokens, resumable=self.config.resumable)
        self.lane = f"{record.session_id}.{secrets.token_hex(4)}"
        self._inputs.restore(record.journal)
        await self._uplink.restore(facts, record.journal.position, record.past)
        self.downlink.restore(record.responses, facts)
        self.worked_ms = facts.worked_ms
        self.lifetime.restore(facts.age_ms)
        if record.responses and isinstance(record.responses[-1].body, SessionEnded):
            self._completed = True
            self.end()
        else:
            self.rewind()

    async def keep(self, responses: Sequence[Response]) -> None:
        """Have all that became of the session recorded, before these leave for the client."""
        inputs, past = self._inputs.fresh(), self._uplink.fresh()
        if self.recorder is None or self.lost:
            return
        told, spoken_ms, hushed_ms = self.downlink.progress()
        facts = Facts(
            tokens=self.tokens.state,
            ledger=self._uplink.ledger,
            told=told,
            spoken_ms=spoken_ms,
            hushed_ms=hushed_ms,
            worked_ms=self.worked_ms,
            ended=self._uplink.ended,
            age_ms=self.lifetime.age_ms,
            lane=self.lane,
        )
        if not await self.recorder.keep(inputs, past, responses, facts):
            self.lose()

    def attach(self) -> Stream:
        """A new stream carries the session from now on; the one before is told so."""
        if self.stream:
            self.stream.cut(TakenOver(Reason.SESSION_TAKEN_OVER, "another stream resumed it"))
        self.stream = Stream(self)
        self.lifetime.attached()
        self._uplink.touch()
        return self.stream

    def detach(self) -> None:
        """The stream is gone without a word; the session waits for another."""
        self.stream = None
        self.lifetime.detached()

    def started(self, *, resumed: bool) -> SessionStarted:
        """What opens a stream."""
        return SessionStarted(
            self.session_id, self.tokens.offered, self.config, resumed, self._uplink.ack
        )

    async def hear(self, message: AudioMessage | SilenceMessage) -> None:
        """Take audio in. Raises InvalidRequest, OutOfOrder, SessionLimit."""
        if not self._uplink.busy:
            self.lifetime.moved()
        for warning in await self._uplink.hear(message):
            self.notify(warning)

    def control(self, control: Control) -> None:
        """Steer the session from here on: the client's way, and any watcher's.

        Raises InvalidRequest, NotServed, SessionLimit.
        """
        if self._uplink.ended:
            return
        if isinstance(control, Interrupt):
            self.downlink.hush(self._uplink.heard_ms)
        self._uplink.steer(control)
        self.wishes.take(control)

    async def end_input(self) -> None:
        """The speaker has finished."""
        if not self._uplink.ended:
            for warning in await self._uplink.end():
                self.notify(warning)
            self.downlink.acknowledge(self._uplink.ack, now=True)

    def take_inputs(self, quality: str) -> list[Input]:
        """Inputs for the replica since the last call, in order. quality: what it gives now."""
        if not self._uplink.ended:
            self._uplink.serve_at(quality)
        return self._inputs.take()

    def rewind(self) -> int:
        """The replica was lost: have everything since the checkpoint taken again.

        Gives how often in a row, without a checkpoint between. Raises Unavailable if too much was
        let go.
        """
        self._inputs.rewind(self.worked_ms)
        self._moves += 1
        self.lifetime.moved()
        return self._moves

    def deliver(self, out: Outbound) -> None:
        """What the replica says. Raises EngineFailed, SessionLimit."""
        for item in out.items:
            if not isinstance(item, Numbered):
                self._inputs.note(item)
                if self.recorder:
                    self.recorder.note(self.downlink.admitted, item)
                if isinstance(item, Checkpoint):
                    self._moves = 0
            elif isinstance(self.downlink.tell(item), SessionEnded):
                self._completed = True
                self.end()
        if out.items or out.worked_ms != self.worked_ms:
            self.lifetime.moved()
        self.worked_ms = max(self.worked_ms, out.worked_ms)
        self._uplink.worked(self.worked_ms)
        if out.error:
            self.fail(out.error)
        if not self.ended:
            self.downlink.acknowledge(self._uplink.ack)
        if not self.ended and not self._uplink.ended:
            self.downlink.report(self._uplink.ack.received_ms, self._uplink.backlog_ms)

    def notify(self, body: Body) -> None:
        """Tell the client something that the gateway knows."""
        try:
            self.downlink.say(body)
        except SessionLimit as error:
            self.fail(error)

    def fail(self, error: InterpError) -> None:
        """End with an error, after what is queued for the client; at once if nobody reads that."""
        if not self.ended:
            self.error = error
            self.end()
            if self.stream and error.reason is Reason.READER_TOO_SLOW:
                self.stream.cut(error)

    def lose(self) -> None:
        """End here and at once: it goes on elsewhere, and what is queued leaves from there."""
        error = TakenOver(Reason.SESSION_TAKEN_OVER, "another server goes on with it")
        self.fail(error)
        self.error = self.error or error
        if self.stream:
            self.stream.cut(error)

    def end(self) -> None:
        """End; the lane is freed at the next tick."""
        self.ended = True
        self._uplink.close()
        self._inputs.close()
        self.downlink.end()

    def check(self) -> None:
        """Hold the session to its time limits."""
        if self.ended:
            return
        error = self.lifetime.overrun(idle_ms=self._uplink.idle_ms, busy=self._uplink.busy)
        if error:
            self.fail(error)
