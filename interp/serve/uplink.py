"""What a client sends, on its way to a replica: heard, kept for a replay, handed over in order."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import assert_never

from interp.core.audio import ms_to_samples, samples_to_ms
from interp.core.clock import Clock
from interp.core.errors import InvalidRequest, OutOfOrder, Reason, SessionLimit, Unavailable
from interp.core.events import (
    Audio,
    Checkpoint,
    End,
    Input,
    PassedOver,
    SetOutputs,
    SetPolicy,
    Skipped,
    Warned,
)
from interp.intake.intake import Heard, Intake
from interp.intake.ledger import LedgerState
from interp.policies import parse
from interp.policies.qualities import BEST
from interp.serve.journal import Journal
from interp.serve.metrics import Metrics
from interp.serve.record import Facts, Record
from interp.serve.watch import Watch, Watches
from interp.wire.messages import AudioAck, AudioMessage, Control, SilenceMessage

MAX_WAITING_INPUTS = 10_000
"""Messages of one session between two ticks; a client that sends more is not speaking."""


class Uplink:
    """Of one session. journal_s: audio kept for a replay. threads: for intakes that wait.

    policies: of its targets, as its config has them. recorded: inputs are to be had again, for a
    record elsewhere.
    """

    def __init__(
        self,
        *,
        policies: Sequence[str],
        intake: Intake,
        journal_s: float,
        threads: Executor,
        recorded: bool,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._intake, self._clock, self._metrics = intake, clock, metrics
        self._threads = threads
        self._hearing = asyncio.Lock()
        self._journal = Journal(ms_to_samples(round(journal_s * 1000)))
        self._watches: Watches[Audio] = Watches(
            size=lambda audio: int(audio.samples.nbytes), kept=lambda audio: False
        )
        self._inputs: list[Input] = []
        self._recorded, self._fresh = recorded, list[Input]()
        self._wanted, self._in_force = list(policies), list(policies)
        self._heard_samples = 0
        self._worked_ms = 0
        self._heard_at_ms = clock.now_ms()
        self._ended = False

    @property
    def ended(self) -> bool:
        """Whether the speaker has finished."""
        return self._ended

    @property
    def ack(self) -> AudioAck:
        """What has been received."""
        return AudioAck(self._intake.sequence, self._intake.received_ms)

    @property
    def heard_ms(self) -> int:
        """Source audio for the replica so far."""
        return samples_to_ms(self._heard_samples)

    @property
    def backlog_ms(self) -> int:
        """Source audio that the replica has not yet worked through."""
        return max(0, self.heard_ms - self._worked_ms)

    @property
    def idle_ms(self) -> float:
        """Since the client was last heard; 0 once the speaker has finished."""
        return 0.0 if self._ended else self._clock.now_ms() - self._heard_at_ms

    @property
    def checkpoint(self) -> Checkpoint | None:
        """Where a replay begins; None: at the start of the session."""
        return self._journal.checkpoint

    def watch(self) -> Watch[Audio]:
        """A tap on the audio that goes in."""
        return self._watches.open()

    def touch(self) -> None:
        """The client gave a sign."""
        self._heard_at_ms = self._clock.now_ms()

    async def hear(self, message: AudioMessage | SilenceMessage) -> list[Warned]:
        """Take audio in; what the client should know of it.

        Raises InvalidRequest, OutOfOrder, SessionLimit.
        """
        async with self._hearing:
            if self._ended:
                if self._intake.knows(message.sequence):
                    return []  # sent again after a resume
                raise OutOfOrder(Reason.MALFORMED_MESSAGE, "the speech was already ended")
            if message.says_something:
                self.touch()
            return await self._taken_in(partial(_heard, self._intake, message))

    def steer(self, control: Control) -> None:
        """Take a control in, at its place among the audio.

        Raises InvalidRequest, NotServed, SessionLimit.
        """
        if isinstance(control, SetOutputs):
            self._meant(control.target)
        if isinstance(control, SetPolicy):
            parse(control.policy)
            for number in self._meant(control.target):
                self._wanted[number] = self._in_force[number] = control.policy
        self._put(control)

    def serve_at(self, quality: str) -> None:
        """Have the session worked at this quality from here on, if it leaves that to the service.

        The change is an input like any other: a replay decides as the original did.
        """
        for number, wanted in enumerate(self._wanted):
            if wanted == BEST and self._in_force[number] != quality:
                self._in_force[number] = quality
                self._put(SetPolicy(quality, number))

    def _meant(self, target: int | None) -> Iterable[int]:
        """The places of the targets that a control is about. Raises InvalidRequest."""
        places = range(len(self._wanted))
        if target is None:
            return places
        if target not in places:
            raise InvalidRequest(Reason.BAD_CONFIG, "the session has no such target")
        return (target,)

    async def end(self) -> list[Warned]:
        """The speaker has finished; what the client should know of the last audio."""
        async with self._hearing:
            if self._ended:
                return []
            warnings = await self._taken_in(self._intake.finish)
            self._ended = True
            self._put(End())
            return warnings

    def take(self) -> list[Input]:
        """Inputs for the replica since the last call, in order."""
        inputs, self._inputs = self._inputs, []
        return inputs

    def worked(self, worked_ms: int) -> None:
        """The replica has worked through the audio up to here."""
        self._worked_ms = max(self._worked_ms, worked_ms)

    def note(self, note: Checkpoint | PassedOver | Skipped) -> None:
        """What the replica says for the sake of a replay."""
        self._journal.note(note)

    def restore(self, record: Record, facts: Facts) -> None:
        """Go on where another gateway was."""
        self._intake.restore(facts.ledger)
        self._journal = record.journal
        self._heard_samples, self._worked_ms = record.journal.position, facts.worked_ms
        self._ended = facts.ended

    @property
    def ledger(self) -> LedgerState:
        """What has been received."""
        return self._intake.ledger

    def fresh(self) -> tuple[Input, ...]:
        """Inputs since the last call, for the record; only where one is kept."""
        fresh, self._fresh = tuple(self._fresh), []
        return fresh

    def rewind(self) -> None:
        """The replica was lost: have everything since the checkpoint taken again.

        Raises Unavailable if too much was let go.
        """
        if not self._journal.replayable:
            raise Unavailable(Reason.REPLICA_LOST, "the session cannot be worked through again")
        self._inputs = self._journal.replay(ms_to_samples(self._worked_ms))

    def close(self) -> None:
        """The session is over; what a replay needed is let go."""
        self._intake.close()
        self._journal, self._inputs = Journal(0), []
        self._watches.end()

    async def _taken_in(self, hear: Callable[[], list[Heard]]) -> list[Warned]:
        """Hear, in a thread if that waits. A caller who is cancelled meanwhile loses no audio."""
        if not self._intake.waits:
            return self._take_in(hear())
        return await asyncio.shield(self._take_in_later(hear))

    async def _take_in_later(self, hear: Callable[[], list[Heard]]) -> list[Warned]:
        loop = asyncio.get_running_loop()
        return self._take_in(await loop.run_in_executor(self._threads, hear))

    def _take_in(self, heard: Iterable[Heard]) -> list[Warned]:
        warnings: list[Warned] = []
        for each in heard:
            if isinstance(each, Warned):
                warnings.append(each)
                continue
            self._heard_samples += each.samples.size
            self._metrics.audio.inc(samples_to_ms(each.samples.size) / 1000)
            self._put(each)
            self._watches.tell(each)
        return warnings

    def _put(self, item: Input) -> None:
        if len(self._inputs) >= MAX_WAITING_INPUTS:
            raise SessionLimit(Reason.TOO_FAR_AHEAD, "more messages than a session may send")
        self._journal.record(item)
        self._inputs.append(item)
        if self._recorded:
            self._fresh.append(item)


def _heard(intake: Intake, message: AudioMessage | SilenceMessage) -> list[Heard]:
    match message:
        case AudioMessage(sequence, offset_ms, content):
            return intake.push(sequence, offset_ms, content)
        case SilenceMessage(sequence, duration_ms):
            return intake.silence(sequence, duration_ms)
        case _:
            assert_never(message)
