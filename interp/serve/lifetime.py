"""How long a session may go on: in all, without audio, without a stream, without progress."""

from collections.abc import Iterator
from contextlib import contextmanager

from interp.core.clock import Clock
from interp.core.errors import InterpError, Reason, SessionLimit, Unavailable
from interp.serve.limits import RelaySettings


class Lifetime:
    """Of one session, from now on. resume_window_s: it may be without a stream, as it is at first.

    settings: its limits.
    """

    def __init__(self, settings: RelaySettings, *, resume_window_s: float, clock: Clock) -> None:
        self._settings, self._clock = settings, clock
        self._resume_window_ms = resume_window_s * 1000
        self._started_ms = self._moved_at_ms = clock.now_ms()
        self._detached_at_ms: float | None = self._started_ms
        self._awaited = 0

    @property
    def age_ms(self) -> float:
        """Since the session began, here or elsewhere."""
        return self._clock.now_ms() - self._started_ms

    @property
    def expired(self) -> bool:
        """Whether it has waited for a stream long enough."""
        if self._detached_at_ms is None or self._awaited:
            return False
        return self._clock.now_ms() - self._detached_at_ms > self._resume_window_ms

    @contextmanager
    def held(self) -> Iterator[None]:
        """Its next stream has come and is about to carry it: what that waits for is not counted."""
        self._awaited += 1
        try:
            yield
        finally:
            self._awaited -= 1
            if self._detached_at_ms is not None:
                self.detached()

    def restore(self, age_ms: float) -> None:
        """The session lived this long elsewhere."""
        self._started_ms -= age_ms

    def attached(self) -> None:
        """A stream carries the session."""
        self._detached_at_ms = None

    def detached(self) -> None:
        """No stream carries it any more."""
        self._detached_at_ms = self._clock.now_ms()

    def moved(self) -> None:
        """The replica made progress, or only now has something to do."""
        self._moved_at_ms = self._clock.now_ms()

    def overrun(self, *, idle_ms: float, busy: bool) -> InterpError | None:
        """The limit that is passed, if one is.

        idle_ms: since the client was last heard. busy: whether the replica has something to do.
        """
        limits = self._settings
        if self.age_ms > limits.max_duration_s * 1000:
            return SessionLimit(Reason.MAX_DURATION, "the session reached its longest duration")
        if self._detached_at_ms is None and idle_ms > limits.idle_s * 1000:
            return SessionLimit(Reason.IDLE_TIMEOUT, "no audio came for too long")
        if busy and self._clock.now_ms() - self._moved_at_ms > limits.stall_s * 1000:
            return Unavailable(Reason.REPLICA_LOST, "the replica does not go on", 1000)
        return None
