"""What a client says, taken in: its audio heard, its controls at their place among the audio."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import assert_never

from interp.core.audio import samples_to_ms
from interp.core.clock import Clock
from interp.core.errors import OutOfOrder, Reason
from interp.core.events import Audio, End, Warned, WarningCode
from interp.intake.intake import Heard, Intake
from interp.intake.ledger import LedgerState
from interp.intake.past import Past, Piece
from interp.serve.inputs import Inputs
from interp.serve.metrics import Metrics
from interp.serve.record import Facts
from interp.serve.target_policies import TargetPolicies
from interp.serve.watch import Watch, Watches
from interp.wire.messages import AudioAck, AudioMessage, Control, SilenceMessage

SETTLED_MS = 1000
"""A backlog below this is the ordinary distance between hearing and working through."""


class Uplink:
    """Of one session. inputs: where what is taken in goes. threads: for intakes that wait."""

    def __init__(
        self,
        *,
        inputs: Inputs,
        policies: TargetPolicies,
        intake: Intake,
        threads: Executor,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._inputs, self._policies = inputs, policies
        self._intake, self._clock, self._metrics = intake, clock, metrics
        self._threads = threads
        self._hearing = asyncio.Lock()
        self._watches: Watches[Audio] = Watches(
            size=lambda audio: int(audio.samples.nbytes), kept=lambda audio: False
        )
        self._heard_samples = self._concealed_ms = 0
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
    def busy(self) -> bool:
        """Whether the replica has something to do."""
        return self._ended or self.backlog_ms > SETTLED_MS

    @property
    def idle_ms(self) -> float:
        """Since the client was last heard; 0 once the speaker has finished."""
        return 0.0 if self._ended else self._clock.now_ms() - self._heard_at_ms

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
        self._policies.steer(control)
        self._inputs.put(control)

    def serve_at(self, quality: str) -> None:
        """Have the session worked at this quality from here on, if it leaves that to the service.

        The change is an input like any other: a replay decides as the original did.
        """
        for change in self._policies.serve_at(quality):
            self._inputs.put(change)

    async def end(self) -> list[Warned]:
        """The speaker has finished; what the client should know of the last audio."""
        async with self._hearing:
            if self._ended:
                return []
            warnings = await self._taken_in(self._intake.finish)
            self._ended = True
            self._inputs.put(End())
            return warnings

    def worked(self, worked_ms: int) -> None:
        """The replica has worked through the audio up to here."""
        self._worked_ms = max(self._worked_ms, worked_ms)

    async def restore(self, facts: Facts, heard_samples: int, past: Past) -> None:
        """Go on where another gateway was. heard_samples: source audio that it took in."""
        self._heard_samples, self._worked_ms = heard_samples, facts.worked_ms
        self._ended = facts.ended
        if not self._ended:
            await self._taken_in(partial(self._intake.restore, facts.ledger, past, heard_samples))

    def fresh(self) -> tuple[Piece, ...]:
        """As Intake.fresh."""
        return self._intake.fresh()

    @property
    def ledger(self) -> LedgerState:
        """What has been received."""
        return self._intake.ledger

    def close(self) -> None:
        """The session is over."""
        self._intake.close()
        self._watches.end()

    async def _taken_in(self, hear: Callable[[], list[Heard]]) -> list[Warned]:
        """Hear, in a thread if that waits. A caller who is cancelled meanwhile loses no audio."""
        if not self._intake.waits:
            return self._take_in(hear())
        later = asyncio.ensure_future(self._take_in_later(hear))
        later.add_done_callback(_looked_at)
        return await asyncio.shield(later)

    async def _take_in_later(self, hear: Callable[[], list[Heard]]) -> list[Warned]:
        loop = asyncio.get_running_loop()
        return self._take_in(await loop.run_in_executor(self._threads, hear))

    def _count_lost(self, warnings: Sequence[Warned], concealed_ms: int) -> None:
        gaps = [each.amount_ms for each in warnings if each.code is WarningCode.GAP_FILLED]
        self._metrics.lost.labels("concealed").inc(concealed_ms / 1000)
        self._metrics.lost.labels("silence").inc(max(0, sum(gaps) - concealed_ms) / 1000)

    def _take_in(self, heard: Iterable[Heard]) -> list[Warned]:
        warnings: list[Warned] = []
        for each in heard:
            if isinstance(each, Warned):
                warnings.append(each)
                continue
            self._heard_samples += each.samples.size
            self._metrics.audio.inc(samples_to_ms(each.samples.size) / 1000)
            self._inputs.put(each)
            self._watches.tell(each)
        concealed_ms = self._intake.concealed_ms
        self._count_lost(warnings, concealed_ms - self._concealed_ms)
        self._concealed_ms = concealed_ms
        return warnings


def _looked_at(done: "asyncio.Future[list[Warned]]") -> None:
    """An error that nobody waits for any more concerns nobody, and belongs into no log."""
    if not done.cancelled():
        done.exception()


def _heard(intake: Intake, message: AudioMessage | SilenceMessage) -> list[Heard]:
    match message:
        case AudioMessage(sequence, offset_ms, content, stamp):
            return intake.push(sequence, offset_ms, content, stamp)
        case SilenceMessage(sequence, duration_ms):
            return intake.silence(sequence, duration_ms)
        case _:
            assert_never(message)
