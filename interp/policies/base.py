"""What a policy is: counts, times and hypotheses in, READ or WRITE out. It never sees a model.

At every source unit the session asks twice: first `ask`, what the policy needs to see (LISTEN:
READ, but let the model hear what came; None: READ without any model work), then `decide`, how many
words of it to write now.
"""

from dataclasses import dataclass
from typing import Protocol, TypeAlias, runtime_checkable

from interp.core.translator import Ask, Hypothesis

ALL_WORDS = 1_000_000
"""More than any hypothesis has: 'as many as there are'."""

LISTEN = Ask(0)
"""READ, and encode meanwhile: when the first word is due, only the newest audio is left to do."""


@dataclass(frozen=True, slots=True)
class View:
    """What is known of the open segment when a policy decides.

    units: whole source units of voiced time so far. heard_ms: audio of the segment so far. written:
    words written. history: earlier hypotheses, newest first, as the words that would follow what is
    written now.
    """

    units: int
    heard_ms: int
    written: int
    history: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """Wait for more source."""


@dataclass(frozen=True, slots=True)
class Write:
    """Write the first `words` words of the hypothesis."""

    words: int


Action: TypeAlias = Read | Write


def write(words: int) -> Action:
    """WRITE that many words, or READ if there are none."""
    return Write(words) if words > 0 else Read()


def words_before(hypothesis: Hypothesis, limit_ms: int) -> int:
    """How many words come before the first that attends to audio at or after `limit_ms`.

    A word of which it is not known where it attends counts as such.
    """
    late = (
        i
        for i, word in enumerate(hypothesis.words)
        if word.attended_ms is None or word.attended_ms >= limit_ms
    )
    return next(late, len(hypothesis.words))


@runtime_checkable
class Policy(Protocol):
    """A latency policy. Values, not objects with a memory: the same view gives the same action."""

    @property
    def unit_ms(self) -> int:
        """Length of a source unit, ms of voiced time; the policy is asked once per unit."""

    def ask(self, view: View) -> Ask | None:
        """What to decode before deciding; LISTEN or None: READ at once."""

    def decide(self, view: View, hypothesis: Hypothesis) -> Action:
        """READ, or WRITE a number of the hypothesis' words."""
