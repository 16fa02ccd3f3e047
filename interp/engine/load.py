"""How much a replica has to do: what new sessions are placed by, and an operator scales by."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from interp.core.config import SessionConfig
from interp.core.events import Output

WINDOW_MS = 5_000.0
"""What is meant by lately."""
FULL_BUSY = 0.8
"""Words of a replica that computes less of the time are late for what each takes, not for how many
there are."""
MOST_DUE = 1.3
"""Of the time: what sessions may need that are not heard yet, with those that are. Above 1, for who
is short of time decides less often, and writes the same a little later."""
SESSION_SHARE = 0.1
"""Of a core, taken for the cost of a session where nobody has measured it."""
SPOKEN = 2
"""A session with speech costs what so many with text alone do."""


def weight_of(targets: Iterable[SessionConfig]) -> int:
    """For how many sessions with text alone one with these targets counts."""
    return SPOKEN if any(Output.SPEECH in target.outputs for target in targets) else 1


@dataclass(frozen=True, slots=True)
class Load:
    """Of a replica. sessions: now, of all gateways. free_lanes: for more.

    busy: share of the time that it computed lately, with what sessions that are new will add.
    lag_ms: how late lately written words were since a decision was first due that could have
    written them, as it is to be expected with one session more. fresh: sessions that are too new to
    have cost all that they will, in sessions with text alone that have cost nothing yet. each: what
    one of these will add to `busy`.
    """

    sessions: int = 0
    free_lanes: int = 0
    busy: float = 0.0
    lag_ms: float = 0.0
    fresh: float = 0.0
    each: float = SESSION_SHARE

    def full(self, most_lag_ms: float, *, more: float = 1.0, since: int = 0) -> bool:
        """Whether one session more would be late, for want of time. An idle replica takes one,
        however slow it is.

        more: what it counts for, as in `fresh`. since: how many were let in since this was
        measured. Nothing is late yet of those that came in the last seconds: they are let in as
        long as there is time for what they will cost.
        """
        if self.sessions + since <= 0:
            return False
        late = self.busy >= FULL_BUSY and self.lag_ms > most_lag_ms
        due = self.busy + self.each * (since + more)
        return late or (self.fresh + since > 0 and due > MOST_DUE)


@dataclass(frozen=True, slots=True)
class _Round:
    start_ms: float
    end_ms: float
    sessions: int
    late_ms: float | None


@dataclass(slots=True)
class LoadMeter:
    """Rounds of compute lately; not for use from two threads at once. each: as in Load."""

    each: float = SESSION_SHARE
    _rounds: deque[_Round] = field(default_factory=deque)

    def add(self, start_ms: float, end_ms: float, sessions: int, late_ms: float | None) -> None:
        """A round ended. late_ms: as Pace.lateness_ms, on average; None: it wrote none."""
        self._rounds.append(_Round(start_ms, end_ms, sessions, late_ms))
        self._forget(end_ms)

    def load(self, now_ms: float, sessions: int, lanes: int, fresh: float = 0.0) -> Load:
        """Now that there are so many sessions on so many lanes. fresh: as in Load."""
        self._forget(now_ms)
        began_ms = now_ms - WINDOW_MS
        spent_ms = sum(r.end_ms - max(began_ms, r.start_ms) for r in self._rounds)
        busy = min(1.0, spent_ms / WINDOW_MS)
        late = [r.late_ms for r in self._rounds if r.late_ms is not None]
        usual = sum(r.sessions for r in self._rounds) / max(1, len(self._rounds))
        more = (sessions + 1) / max(1.0, usual)
        return Load(
            sessions,
            lanes - sessions,
            busy + self.each * fresh,
            sum(late) / max(1, len(late)) * more,
            fresh,
            self.each,
        )

    @staticmethod
    def fresh(now_ms: float, opened: Iterable[tuple[float, int]]) -> float:
        """As in Load, of sessions that were opened then and count for so many."""
        ages = (((now_ms - opened_ms) / WINDOW_MS, counts) for opened_ms, counts in opened)
        return sum(counts * max(0.0, 1 - age) for age, counts in ages)

    def _forget(self, now_ms: float) -> None:
        while self._rounds and self._rounds[0].end_ms < now_ms - WINDOW_MS:
            self._rounds.popleft()
