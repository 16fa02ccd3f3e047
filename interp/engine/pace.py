"""How far behind the speaker a session's work is, and whether that is too far."""

import math

from interp.core.audio import samples_to_ms
from interp.core.clock import Clock
from interp.core.events import MadeUp, PassedOver, Replay, Warned, WarningCode
from interp.engine.outgoing import Outgoing

LATE_MS = 500
"""A decision that comes later than this is made where the speaker is by then: it tells more, at no
later time, and for one decision's work instead of two."""


class Pace:
    """Compares when audio is worked through with when it was both received and due in real time."""

    def __init__(self, clock: Clock, limit_ms: int | None) -> None:
        """limit_ms: a session further behind than this is too late (None: it never is, and every
        decision is made where it is due)."""
        self._clock, self._limit_ms = clock, limit_ms
        self._began_ms: float | None = None
        self._arrived_ms = 0.0
        self._replay = Replay(-1, frozenset())
        self._passes: tuple[int, bool] = (-1, False)
        self._late = False
        self._owed_samples: int | None = None
        self._lateness_ms: list[float] = []
        self._excused_ms = 0.0

    def follow(self, replay: Replay) -> None:
        """Decide as the original did, as far as that is known.

        Beyond, it is behind for as long as nobody worked on it, and for what it takes to work
        through that: no fault of the speaker's, and decisions passed over for it would be words
        that the original had written otherwise.
        """
        self._replay, self._excused_ms = replay, math.inf

    def replays(self, position_samples: int) -> bool:
        """Whether the original has decided here."""
        return position_samples <= self._replay.until_samples

    def passes_over(self, position_samples: int) -> bool:
        """Whether decisions at this position are passed over: one answer for all of them."""
        position, passes = self._passes
        if position != position_samples:
            passes = position_samples in self._replay.passed_samples or (
                not self.replays(position_samples) and self._late_by(position_samples, LATE_MS)
            )
            self._passes = (position_samples, passes)
        return passes

    def passing_over(self, position_samples: int, outgoing: Outgoing) -> bool:
        """As passes_over, and what there is to say of it is said: a warning where it is too late,
        not where all that was meant to be written is so, a little later."""
        passes = self.passes_over(position_samples)
        if passes and self._owed_samples is None:
            self._owed_samples = position_samples
        replays = self.replays(position_samples)
        was_late, self._late = self._late, passes and (replays or self.too_late(position_samples))
        if passes and not replays:
            outgoing.note(PassedOver(position_samples))
            if self._late and not was_late:
                behind_ms = round(self.behind_ms(position_samples))
                outgoing.tell_uncounted([Warned(WarningCode.CATCHING_UP, behind_ms)])
        return passes

    def making_up(self, position_samples: int, outgoing: Outgoing, *, newest: bool) -> bool:
        """Whether what was passed over is to be decided here, which is noted: where that is not too
        late either. newest: there is nothing to hear after this yet."""
        if self.replays(position_samples) or position_samples in self._replay.made_samples:
            return position_samples in self._replay.made_samples
        makes_up = newest and not self.too_late(position_samples)
        if makes_up:
            outgoing.note(MadeUp(position_samples))
        return makes_up

    def hear(self, arrived_ms: float, end_sample: int) -> None:
        """Audio up to `end_sample` of the stream arrived; the first tells when the stream began."""
        self._arrived_ms = arrived_ms
        if self._began_ms is None:
            self._began_ms = arrived_ms - samples_to_ms(end_sample)

    def behind_ms(self, position_samples: int) -> float:
        """How long ago the audio up to this position was there to be worked on."""
        due_ms = max(self._arrived_ms, (self._began_ms or 0.0) + samples_to_ms(position_samples))
        return max(0.0, self._clock.now_ms() - due_ms)

    def decided(self, position_samples: int, *, wrote: bool) -> None:
        """Decisions were made at this position, those as well that had been passed over."""
        owed, self._owed_samples = self._owed_samples, None
        if wrote:
            self._lateness_ms.append(self.behind_ms(position_samples if owed is None else owed))

    def lateness_ms(self) -> list[float]:
        """Of each decision that wrote something since the last call: time since it was due, or the
        first that had been passed over."""
        lateness_ms, self._lateness_ms = self._lateness_ms, []
        return lateness_ms

    def elapsed_ms(self, position_samples: int) -> int:
        """When what is said now of this position is there, on the source timeline."""
        return samples_to_ms(position_samples) + round(self.behind_ms(position_samples))

    def too_late(self, position_samples: int) -> bool:
        """Whether compute cannot keep up with the speaker."""
        return self._late_by(position_samples, math.inf)

    def _late_by(self, position_samples: int, most_ms: float) -> bool:
        """Whether it is further behind than this, or than a session may be.

        What a loss put it behind is excused until it was made up for: only from the least that it
        has been behind since does being late count.
        """
        if self._limit_ms is None:
            return False
        behind_ms = self.behind_ms(position_samples)
        self._excused_ms = min(self._excused_ms, behind_ms)
        return behind_ms > min(most_ms, self._limit_ms) + self._excused_ms
