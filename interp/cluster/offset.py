"""How far another machine's monotonic clock is from ours, from the tightest of recent pings."""

from collections import deque
from dataclasses import dataclass, field

RECENT_PINGS = 60


@dataclass(frozen=True, slots=True)
class _Measured:
    round_trip_ms: float
    offset_ms: float


@dataclass(slots=True)
class ClockOffset:
    """Bounded by half a round trip; an offset within that bound is taken for one shared clock."""

    _recent: deque[_Measured] = field(default_factory=lambda: deque(maxlen=RECENT_PINGS))

    def observe(self, sent_ms: float, there_ms: float, received_ms: float) -> None:
        """A ping left and came back on our clock, and was seen there on theirs."""
        middle_ms = (sent_ms + received_ms) / 2
        self._recent.append(_Measured(received_ms - sent_ms, there_ms - middle_ms))

    @property
    def offset_ms(self) -> float:
        """Their clock minus ours; 0 before the first ping."""
        if not self._recent:
            return 0.0
        best = min(self._recent, key=lambda each: each.round_trip_ms)
        shared = abs(best.offset_ms) <= best.round_trip_ms / 2
        return 0.0 if shared else best.offset_ms
