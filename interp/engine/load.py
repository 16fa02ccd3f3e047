"""How much a replica has to do: what new sessions are placed by, and an operator scales by."""

from collections import deque
from dataclasses import dataclass, field

WINDOW_MS = 5_000.0
"""What is meant by lately."""
FULL_BUSY = 0.8
"""Words of a replica that computes less of the time are late for what each takes, not for how many
there are."""
FIRST_SHARE = 0.2
"""Of a core, taken for the cost of a session where nothing was measured yet."""


@dataclass(frozen=True, slots=True)
class Load:
    """Of a replica. sessions: now, of all gateways. free_lanes: for more.

    busy: share of the time that it computed lately, with what sessions that are new will add.
    lag_ms: how late lately written words were since a decision was first due that could have
    written them, as it is to be expected with one session more.
    """

    sessions: int = 0
    free_lanes: int = 0
    busy: float = 0.0
    lag_ms: float = 0.0

    def full(self, most_lag_ms: float) -> bool:
        """Whether one session more would be late, for want of time. An idle replica takes one,
        however slow it is."""
        return self.sessions > 0 and self.busy >= FULL_BUSY and self.lag_ms > most_lag_ms


@dataclass(frozen=True, slots=True)
class _Round:
    start_ms: float
    end_ms: float
    sessions: int
    late_ms: float | None


@dataclass(slots=True)
class LoadMeter:
    """Rounds of compute lately; not for use from two threads at once."""

    _rounds: deque[_Round] = field(default_factory=deque)

    def add(self, start_ms: float, end_ms: float, sessions: int, late_ms: float | None) -> None:
        """A round ended. late_ms: as Pace.lateness_ms, on average; None: it wrote none."""
        self._rounds.append(_Round(start_ms, end_ms, sessions, late_ms))
        self._forget(end_ms)

    def load(self, now_ms: float, sessions: int, lanes: int) -> Load:
        """Now that there are so many sessions on so many lanes."""
        self._forget(now_ms)
        began_ms = now_ms - WINDOW_MS
        spent_ms = sum(r.end_ms - max(began_ms, r.start_ms) for r in self._rounds)
        busy = min(1.0, spent_ms / WINDOW_MS)
        late = [r.late_ms for r in self._rounds if r.late_ms is not None]
        usual = sum(r.sessions for r in self._rounds) / max(1, len(self._rounds))
        each = busy / usual if usual else FIRST_SHARE
        more = (sessions + 1) / max(1.0, usual)
        return Load(
            sessions,
            lanes - sessions,
            busy + each * max(0.0, sessions - usual),
            sum(late) / max(1, len(late)) * more,
        )

    def _forget(self, now_ms: float) -> None:
        while self._rounds and self._rounds[0].end_ms < now_ms - WINDOW_MS:
            self._rounds.popleft()
