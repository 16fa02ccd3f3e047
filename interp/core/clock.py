"""Time as an argument: a real clock for the service, a virtual one for evaluation and tests."""

import time
from dataclasses import dataclass
from typing import Protocol


class Clock(Protocol):
    """Milliseconds that only go forward."""

    def now_ms(self) -> float:
        """Time since an arbitrary start, ms."""


class MonotonicClock:
    """The machine's monotonic clock."""

    def now_ms(self) -> float:
        """Time since the machine's arbitrary start, ms."""
        return time.monotonic() * 1000


@dataclass(slots=True)
class VirtualClock:
    """A clock that moves only when told to."""

    time_ms: float = 0.0

    def now_ms(self) -> float:
        """Virtual time, ms."""
        return self.time_ms

    def advance(self, ms: float) -> None:
        """Move forward by `ms`."""
        assert ms >= 0, f"time does not go back: {ms} ms"
        self.time_ms += ms

    def advance_to(self, time_ms: float) -> None:
        """Move forward to `time_ms`, if that is ahead."""
        self.time_ms = max(self.time_ms, time_ms)
