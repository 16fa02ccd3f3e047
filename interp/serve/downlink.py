"""What a session says, on its way to the client: each event once, in order, and to who looks on."""

from collections.abc import Iterable

from interp.core.clock import Clock
from interp.core.events import Event, Numbered, SourceText, TargetSpeech, TargetText
from interp.serve.metrics import Metrics
from interp.serve.once import Once
from interp.serve.outbox import Outbox, OutboxSettings, size_of
from interp.serve.record import Facts
from interp.serve.watch import WATCH_BYTES, Watch, Watches
from interp.wire.messages import AudioAck, Body, Lag, Response


class Downlink:
    """Of one session. ack_ms, lag_ms: between two AudioAck, two Lag."""

    def __init__(
        self,
        *,
        outbox: OutboxSettings,
        ack_ms: int,
        lag_ms: int,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._outbox, self._once = Outbox(outbox, clock), Once()
        self._watches: Watches[Body] = Watches(
            size=size_of, kept=lambda body: isinstance(body, TargetText | SourceText)
        )
        self._ack_ms, self._lag_ms = ack_ms, lag_ms
        self._clock, self._metrics = clock, metrics
        self._word_age_ms: int | None = None
        self._acked = AudioAck(0, 0)
        self._acked_at_ms = self._lag_at_ms = clock.now_ms()

    def watch(self, *, max_bytes: int = WATCH_BYTES, speech: bool = False) -> Watch[Body]:
        """A tap: the text lately said, then everything as it is said; speech only if asked for."""
        return self._watches.open(
            max_bytes=max_bytes,
            wanted=lambda body: speech or not isinstance(body, TargetSpeech),
        )

    def tell(self, item: Numbered) -> Event | None:
        """Say an event of the replica; None if it was said before a replay.

        Raises EngineFailed for a hole in the events, SessionLimit as `say`.
        """
        if not self._once.admit(item):
            return None
        self.say(item.event, event=item.counts)
        if isinstance(item.event, TargetText) and item.event.words:
            word = item.event.words[-1]
            self._word_age_ms = max(0, word.elapsed_ms - word.source_end_ms)
            self._metrics.words.inc(len(item.event.words))
            self._metrics.word_age.observe(self._word_age_ms / 1000)
        return item.event

    def say(self, body: Body, *, event: bool = False) -> None:
        """Queue a response. event: one of those that are counted.

        Raises SessionLimit if nobody reads.
        """
        self._watches.tell(body)
        dropped = self._outbox.dropped
        try:
            self._outbox.put(body, event=event)
        finally:
            if self._outbox.dropped and not dropped:
                self._metrics.outputs_dropped.inc()

    def acknowledge(self, ack: AudioAck, *, now: bool = False) -> None:
        """Say what was received, if that is news and the last time is long enough ago."""
        now_ms = self._clock.now_ms()
        if now or (ack != self._acked and now_ms - self._acked_at_ms >= self._ack_ms):
            self._acked, self._acked_at_ms = ack, now_ms
            self.say(ack)

    def report(self, received_ms: int, backlog_ms: int) -> None:
        """Say how far behind the session is, if the last time is long enough ago."""
        now_ms = self._clock.now_ms()
        if received_ms == 0 or now_ms - self._lag_at_ms < self._lag_ms:
            return
        self._lag_at_ms = now_ms
        self._metrics.backlog.observe(backlog_ms / 1000)
        self._metrics.depth.observe(len(self._outbox))
        self.say(Lag(received_ms, backlog_ms, self._word_age_ms))

    def hush(self, position_ms: int) -> None:
        """Drop the speech that waits, and what is still to come from before this position."""
        self._outbox.drop_speech()
        self._once.hush(position_ms)

    @property
    def admitted(self) -> int:
        """Events that were let in so far."""
        return self._once.next_sequence

    def progress(self) -> tuple[int, dict[int, int], int]:
        """For a record: events that left for the client, target speech made, speech hushed, ms."""
        return self._outbox.told, dict(self._once.spoken_ms), self._once.hushed_ms

    def restore(self, responses: Iterable[Response], facts: Facts) -> None:
        """Go on where another gateway was. Who looks on is told what was said there."""
        responses = tuple(responses)
        for response in responses:
            self._watches.tell(response.body)
        self._outbox.restore(responses, facts.told)
        self._once = Once(facts.told, facts.spoken_ms, facts.hushed_ms)

    def take_all(self) -> tuple[Response, ...]:
        """All responses that there are now."""
        return tuple(iter(self._outbox.take, None))

    def rewind(self, received_sequence: int) -> None:
        """Send again what follows. Raises OutOfOrder if that is gone."""
        self._outbox.rewind(received_sequence)

    def take(self) -> Response | None:
        """The next response, or None if there is none now."""
        return self._outbox.take()

    async def wait(self) -> None:
        """Until there may be something to take."""
        await self._outbox.wait()

    def wake(self) -> None:
        """Let the reader look up although nothing was said."""
        self._outbox.wake()

    def end(self) -> None:
        """Nothing more will be said."""
        self._watches.end()
        self._outbox.wake()
