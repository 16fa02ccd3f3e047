"""Policies that look at whole hypotheses: offline, fixed, hold-n, local agreement, AlignAtt."""

from dataclasses import dataclass

from interp.core.translator import Ask, Hypothesis
from interp.policies.base import ALL_WORDS, LISTEN, Action, Read, View, words_before, write
from interp.policies.effort import Effort
from interp.policies.registry import policy


@policy("offline")
@dataclass(frozen=True, slots=True)
class Offline:
    """Write nothing before the segment ends: the quality that the others are measured against.

    beams: as Effort; time does not matter here.
    """

    unit_ms: int = 1000
    beams: int = 5

    def __post_init__(self) -> None:
        Effort(self.beams)

    @property
    def effort(self) -> Effort:
        """As Demanding."""
        return Effort(self.beams)

    def ask(self, view: View) -> Ask | None:
        """Nothing: READ."""
        return None

    def decide(self, view: View, hypothesis: Hypothesis) -> Action:
        """READ."""
        return Read()


@policy("fixed")
@dataclass(frozen=True, slots=True)
class Fixed:
    """At every unit write the hypothesis as it stands, at most `words` words of it (0: all)."""

    unit_ms: int = 1000
    words: int = 0

    def ask(self, view: View) -> Ask | None:
        """One stride's words."""
        return Ask(self.words or ALL_WORDS)

    def decide(self, view: View, hypothesis: Hypothesis) -> Action:
        """Write them all."""
        return write(min(self.words or ALL_WORDS, len(hypothesis.words)))


@policy("hold")
@dataclass(frozen=True, slots=True)
class Hold:
    """hold-n (Liu et al. 2020): write the hypothesis but for its last n words."""

    n: int = 3
    unit_ms: int = 1000

    def ask(self, view: View) -> Ask | None:
        """The whole hypothesis."""
        return Ask(ALL_WORDS)

    def decide(self, view: View, hypothesis: Hypothesis) -> Action:
        """Write all but n."""
        return write(len(hypothesis.words) - self.n)


@policy("agree")
@dataclass(frozen=True, slots=True)
class Agree:
    """Local agreement, LA-n (Liu et al. 2020): write what n successive hypotheses share.

    guard_ms: but not what attends to the last so much of the audio, as AlignAtt. The hypotheses are
    compared as a whole, so decoding does not stop there.
    """

    n: int = 2
    unit_ms: int = 1000
    guard_ms: int = 0

    def __post_init__(self) -> None:
        if not 2 <= self.n <= 4 or self.guard_ms < 0:
            raise ValueError("agree: n is 2 to 4, guard_ms >= 0")

    @property
    def attention_rule(self) -> str:
        """As Attentive."""
        return "guard_ms" if self.guard_ms else ""

    def ask(self, view: View) -> Ask | None:
        """The whole hypothesis."""
        return Ask(ALL_WORDS)

    def decide(self, view: View, hypothesis: Hypothesis) -> Action:
        """Write the longest common prefix of this and the n - 1 hypotheses before it."""
        if len(view.history) < self.n - 1:
            return Read()
        common = [word.text for word in hypothesis.words]
        for earlier in view.history[: self.n - 1]:
            same = (a == b for a, b in zip(common, earlier, strict=False))
            common = common[: next((i for i, s in enumerate(same) if not s), len(earlier))]
        if not self.guard_ms:
            return write(len(common))
        return write(min(len(common), words_before(hypothesis, view.heard_ms - self.guard_ms)))


@policy("alignatt")
@dataclass(frozen=True, slots=True)
class AlignAtt:
    """AlignAtt (Papi et al. 2023): write until a word attends to the last `guard_ms` of the audio.

    The rule is the attention guard, which decoding stops at; here it is all there is.
    """

    guard_ms: int = 600
    unit_ms: int = 500

    @property
    def attention_rule(self) -> str:
        """As Attentive: all of it."""
        return "alignatt"

    def ask(self, view: View) -> Ask | None:
        """The hypothesis up to the guard."""
        before_ms = view.heard_ms - self.guard_ms
        return Ask(ALL_WORDS, before_ms) if before_ms > 0 else LISTEN

    def decide(self, view: View, hypothesis: Hypothesis) -> Action:
        """Write up to the first word that attends to audio behind the guard."""
        return write(words_before(hypothesis, view.heard_ms - self.guard_ms))
