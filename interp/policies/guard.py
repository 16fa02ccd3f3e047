"""What any policy can carry: guards, which leave words for later, and more effort."""

from dataclasses import dataclass, replace

from interp.core.translator import Ask, Hypothesis, Wait
from interp.policies.attention import attention_rule
from interp.policies.base import LISTEN, Action, Policy, Read, View, Write, words_before, write
from interp.policies.effort import Effort
from interp.policies.waiting import wait_of


@dataclass(frozen=True, slots=True)
class Guarded:
    """A policy with guards.

    guard_ms: do not write a word whose attention points into the last `guard_ms` heard (the rule of
    AlignAtt, Papi et al. 2023). guard_p: do not write a word below this probability. 0: off.
    beams, anew_ms: as Effort.
    """

    policy: Policy
    guard_ms: int = 0
    guard_p: float = 0.0
    beams: int = 1
    anew_ms: int = 0

    def __post_init__(self) -> None:
        if self.guard_ms < 0 or not 0 <= self.guard_p <= 1:
            raise ValueError("guard_ms >= 0, guard_p 0..1")
        Effort(self.beams, self.anew_ms)

    @property
    def unit_ms(self) -> int:
        """The policy's own unit, ms."""
        return self.policy.unit_ms

    @property
    def effort(self) -> Effort:
        """As Demanding."""
        return Effort(self.beams, self.anew_ms)

    @property
    def wait(self) -> Wait | None:
        """As Waiting: the policy's own, whatever a guard leaves for later."""
        return wait_of(self.policy)

    @property
    def attention_rule(self) -> str:
        """As Attentive: the attention guard, or the policy's own rule."""
        return "guard_ms" if self.guard_ms else attention_rule(self.policy)

    def ask(self, view: View) -> Ask | None:
        """The policy's question, stopped where the attention guard would refuse the word anyway."""
        ask = self.policy.ask(view)
        if ask is None or ask == LISTEN:
            return ask
        ask = replace(ask, beams=self.beams)
        if not self.guard_ms:
            return ask
        before_ms = view.heard_ms - self.guard_ms
        return replace(ask, before_ms=before_ms) if before_ms > 0 else LISTEN

    def decide(self, view: View, hypothesis: Hypothesis) -> Action:
        """The policy's action, cut at the first word that a guard refuses."""
        match self.policy.decide(view, hypothesis):
            case Read():
                return Read()
            case Write(words):
                return write(min(words, self._passing(view, hypothesis)))

    def keeps_back(self, view: View, hypothesis: Hypothesis) -> bool:
        """Whether a guard refuses a word that the policy would write."""
        match self.policy.decide(view, hypothesis):
            case Read():
                return False
            case Write(words):
                return words > self._passing(view, hypothesis)

    def _passing(self, view: View, hypothesis: Hypothesis) -> int:
        heard = len(hypothesis.words)
        if self.guard_ms:
            heard = words_before(hypothesis, view.heard_ms - self.guard_ms)
        unsure = (i for i, word in enumerate(hypothesis.words) if word.probability < self.guard_p)
        return min(heard, next(unsure, heard))


def guards(policy: Policy, view: View, hypothesis: Hypothesis) -> bool:
    """Whether a policy has a guard, and that keeps back a word now."""
    return isinstance(policy, Guarded) and policy.keeps_back(view, hypothesis)
