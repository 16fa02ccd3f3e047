"""Book-keeping of a session's audio messages: order, place and pace.

The session's clock is its count of samples. An offset says where a message belongs on that
clock: a gap becomes silence, an overlap is cut off, and after a reset the client's offsets are
taken to run ahead of the clock by what was left out.
"""

from dataclasses import dataclass

from interp.core.clock import Clock
from interp.core.errors import InvalidRequest, Reason, SessionLimit
from interp.core.events import Warned, WarningCode
from interp.intake.format import IntakeLimits


@dataclass(frozen=True, slots=True)
class Placement:
    """How to hear one message: first this much silence, then the message less its start.

    silence_samples, skip_samples: at the client's rate; a skip of the whole message drops it.
    """

    silence_samples: int = 0
    skip_samples: int = 0
    warning: Warned | None = None


@dataclass(frozen=True, slots=True)
class LedgerState:
    """Where a stream stands. Samples are at the client's rate."""

    sequence: int
    received_samples: int
    left_out_samples: int


class Ledger:
    """Places the messages of one stream; all counts are samples at rate_hz, the client's own."""

    def __init__(self, rate_hz: int, limits: IntakeLimits, clock: Clock) -> None:
        self._rate_hz = rate_hz
        self._limits = limits
        self._clock = clock
        self.sequence = 0
        self._left_out_samples = 0  # by resets: client's clock minus ours
        self._ahead_ms = 0.0
        self._ahead_at_ms: float | None = None
        self.received_samples = 0

    @property
    def received_ms(self) -> int:
        """Audio and silence received so far, ms; what an acknowledgement says."""
        return self.received_samples * 1000 // self._rate_hz

    @property
    def state(self) -> LedgerState:
        """Where the stream stands."""
        return LedgerState(self.sequence, self.received_samples, self._left_out_samples)

    def restore(self, state: LedgerState) -> None:
        """Go on from there."""
        self.sequence, self.received_samples = state.sequence, state.received_samples
        self._left_out_samples = state.left_out_samples

    def knows(self, sequence: int) -> bool:
        """Whether a message of this number was taken before."""
        return 0 < sequence <= self.sequence

    def admit(self, sequence: int, contiguous: bool) -> bool:
        """Whether this message is new; False for one that was received before and is sent again.

        sequence counts from 1; 0 means the client does not number its messages. contiguous: the
        messages make sense only without a hole. Without offsets a hole in raw samples cannot be
        measured and is let pass. Raises InvalidRequest(MALFORMED_MESSAGE) for a negative number
        and for a hole in what is contiguous.
        """
        if sequence < 0:
            raise InvalidRequest(Reason.MALFORMED_MESSAGE, "sequence numbers count up from 1")
        if self.knows(sequence):
            return False
        if contiguous and self.sequence and sequence > self.sequence + 1:
            raise InvalidRequest(Reason.MALFORMED_MESSAGE, "a piece of the container is missing")
        self.sequence = sequence or self.sequence
        return True

    def place(self, offset_ms: int | None, samples: int) -> Placement:
        """Where a new message of `samples` belongs. offset_ms: of its start; None: right here.

        Raises InvalidRequest(MALFORMED_MESSAGE) for a negative offset.
        """
        if offset_ms is None:
            return Placement()
        if offset_ms < 0:
            raise InvalidRequest(Reason.MALFORMED_MESSAGE, "audio offsets are not negative")
        offset_samples = (offset_ms * self._rate_hz + 500) // 1000 - self._left_out_samples
        gap_samples = offset_samples - self.received_samples
        gap_ms = abs(gap_samples) * 1000 // self._rate_hz
        if gap_ms <= self._limits.tolerance_ms:
            return Placement()
        if gap_samples < 0:
            skip_samples = min(-gap_samples, samples)
            skipped_ms = skip_samples * 1000 // self._rate_hz
            return Placement(0, skip_samples, Warned(WarningCode.DUPLICATE_DROPPED, skipped_ms))
        if gap_ms <= self._limits.max_gap_ms:
            return Placement(gap_samples, 0, Warned(WarningCode.GAP_FILLED, gap_ms))
        silence_samples = self._limits.reset_ms * self._rate_hz // 1000
        self._left_out_samples += gap_samples - silence_samples
        return Placement(silence_samples, 0, Warned(WarningCode.GAP_RESET, gap_ms))

    def count(self, samples: int) -> None:
        """Enter this many samples as received now, silence included.

        Raises SessionLimit(TOO_FAR_AHEAD) when the client is further ahead of real time than
        allowed. A pause in sending earns no credit: the lead only shrinks to zero.
        """
        now_ms = self._clock.now_ms()
        passed_ms = 0.0 if self._ahead_at_ms is None else now_ms - self._ahead_at_ms
        self._ahead_at_ms = now_ms
        self._ahead_ms = max(0.0, self._ahead_ms - passed_ms) + samples * 1000 / self._rate_hz
        if self._ahead_ms > self._limits.max_ahead_ms:
            raise SessionLimit(
                Reason.TOO_FAR_AHEAD, "audio arrives too far ahead of real time; send it slower"
            )
        self.received_samples += samples
