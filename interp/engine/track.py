"""One language as it is written from one segment: its prefix and its latest hypotheses."""

from dataclasses import dataclass, field
from typing import Any

from interp.core.audio import SAMPLES_PER_MS
from interp.core.translator import Hypothesis, Word
from interp.engine.guards import unsettled
from interp.policies.base import View

HISTORY = 4  # hypotheses a policy may look back on
CONTEXT_WORDS = 20  # carried over when a segment was cut for its length (StreamAtt carries 10-20)


@dataclass(slots=True)
class Track:
    """State of one target over one segment.

    segment, start_sample: which it is and where it began. target: the translator's own state.
    units: decided so far. accepted: words of the last hypothesis written since it was made.
    attended_ms: where the last written word pointed, from the segment's start. stalled: a text was
    written, and the translator's last word was that nothing follows.
    """

    segment: int
    start_sample: int
    target: Any
    units: int = 0
    accepted: int = 0
    attended_ms: int = 0
    written: list[str] = field(default_factory=list)
    history: tuple[tuple[str, ...], ...] = ()
    tentative: str = ""
    stalled: bool = False

    def reached_unit(self, voiced_samples: int, unit_ms: int) -> bool:
        """Whether voiced time has passed into a new unit; if so it is counted."""
        units = voiced_samples // (unit_ms * SAMPLES_PER_MS)
        if units == self.units:
            return False
        self.units = units
        return True

    def view(self, heard_ms: int) -> View:
        """What a policy may know."""
        return View(self.units, heard_ms, len(self.written), self.history)

    def take_accepted(self) -> int:
        """Words that became part of the prefix since this was last asked."""
        accepted, self.accepted = self.accepted, 0
        return accepted

    def write(self, hypothesis: Hypothesis, count: int) -> tuple[Word, ...]:
        """Make the first `count` words part of the prefix; the rest becomes the tentative tail."""
        words = hypothesis.words[:count]
        texts = tuple(word.text for word in hypothesis.words)
        shifted = [h[count:] for h in self.history if h[:count] == texts[:count]]
        self.history = (texts[count:], *shifted[: HISTORY - 1])
        self.accepted = count
        self.written.extend(texts[:count])
        self.tentative = "".join(texts[count:])
        return words

    def context(self, carried: str) -> str:
        """The last words, for a segment that goes on in the middle of a sentence; none where they
        repeat themselves, which would go on."""
        if unsettled(self.written):
            return ""
        return " ".join((carried + "".join(self.written)).split()[-CONTEXT_WORDS:])
