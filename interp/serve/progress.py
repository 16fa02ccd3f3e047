"""How far a session has come: audio received, audio worked through, and what to tell of it when."""

from interp.core.audio import samples_to_ms
from interp.core.clock import Clock
from interp.core.events import WrittenWord
from interp.engine.replica import Outbound
from interp.wire.messages import AudioAck, Lag

SETTLED_MS = 1000
"""A backlog below this is the ordinary distance between hearing and working through."""


class Progress:
    """Of one session. ack_ms, lag_ms: between two AudioAck, two Lag."""

    def __init__(self, *, ack_ms: int, lag_ms: int, clock: Clock) -> None:
        self.ack = AudioAck(0, 0)
        self.input_ended = False
        self._ack_ms, self._lag_ms, self._clock = ack_ms, lag_ms, clock
        self._received_samples = 0
        self._worked_ms = 0
        self._word_age_ms: int | None = None
        self._heard_at_ms = self._moved_at_ms = clock.now_ms()
        self._acked_at_ms = self._lag_at_ms = clock.now_ms()

    @property
    def worked_ms(self) -> int:
        """Source audio worked through."""
        return self._worked_ms

    @property
    def backlog_ms(self) -> int:
        """Source audio received and not yet worked through."""
        return max(0, samples_to_ms(self._received_samples) - self._worked_ms)

    @property
    def idle_ms(self) -> float:
        """Since the client was last heard."""
        return self._clock.now_ms() - self._heard_at_ms

    @property
    def stalled_ms(self) -> float:
        """Since the replica last got on, if there is something for it to do."""
        return self._clock.now_ms() - self._moved_at_ms if self._busy else 0.0

    @property
    def _busy(self) -> bool:
        return self.input_ended or self.backlog_ms > SETTLED_MS

    def heard(self) -> None:
        """The client gave a sign."""
        self._heard_at_ms = self._clock.now_ms()

    def restarted(self) -> None:
        """The replica has to begin again."""
        self._moved_at_ms = self._clock.now_ms()

    def received(self, samples: int) -> None:
        """Audio came in."""
        if not self._busy:
            self._moved_at_ms = self._clock.now_ms()
        self._received_samples += samples

    def acknowledge(self, sequence: int, received_ms: int) -> None:
        """A message was taken; sequence 0: not numbered."""
        self.ack = AudioAck(max(sequence, self.ack.audio_sequence), received_ms)

    def worked(self, out: Outbound) -> None:
        """The replica has told how far it is."""
        if out.items or out.worked_ms != self._worked_ms:
            self._moved_at_ms = self._clock.now_ms()
        self._worked_ms = max(self._worked_ms, out.worked_ms)

    def wrote(self, word: WrittenWord) -> int:
        """The newest word; age of its source when it was written, ms."""
        self._word_age_ms = max(0, word.elapsed_ms - word.source_end_ms)
        return self._word_age_ms

    def ack_due(self) -> AudioAck | None:
        """An acknowledgement, if audio came since the last and that is long enough ago."""
        now_ms = self._clock.now_ms()
        if now_ms - self._acked_at_ms < self._ack_ms or self._heard_at_ms <= self._acked_at_ms:
            return None
        self._acked_at_ms = now_ms
        return self.ack

    def lag_due(self) -> Lag | None:
        """How far behind the session is, if it is time to tell and audio still comes."""
        now_ms = self._clock.now_ms()
        nothing = self.input_ended or self._received_samples == 0
        if nothing or now_ms - self._lag_at_ms < self._lag_ms:
            return None
        self._lag_at_ms = now_ms
        return Lag(self.ack.received_ms, self.backlog_ms, self._word_age_ms)
