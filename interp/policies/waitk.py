"""wait-k and its adaptive form."""

from dataclasses import dataclass

from interp.core.translator import Ask, Hypothesis, Wait
from interp.policies.base import LISTEN, Action, View, write
from interp.policies.registry import policy


def wait_k_budget(units: int, k: int, words: int, catchup: float = 0.0) -> int:
    """Target words that may have been written after `units` source units.

    max(0, u - k + 1) * n (STACL, Ma et al. 2019, with n words a step as in wait-k-stride-n); with
    catch-up c, one more word for every 1/c of these steps.
    """
    steps = max(0, units - k + 1)
    return steps * words + int(catchup * steps)


@policy("waitk")
@dataclass(frozen=True, slots=True)
class WaitK:
    """Write `words` words per source unit, k units behind (Ma et al. 2019; speech: Ma et al. 2020).

    catchup: extra words per step, for targets longer than their source.
    """

    k: int = 3
    unit_ms: int = 500
    words: int = 1
    catchup: float = 0.0

    def __post_init__(self) -> None:
        if self.k < 1 or self.words < 1 or not 0 <= self.catchup <= 4:
            raise ValueError("waitk: k >= 1, words >= 1, catchup 0..4")

    @property
    def wait(self) -> Wait | None:
        """As Waiting: that of a word a unit; with more of them it is no fixed distance."""
        return Wait(self.k, self.unit_ms) if self.words == 1 and not self.catchup else None

    def ask(self, view: View) -> Ask | None:
        """The words that the schedule allows now."""
        budget = wait_k_budget(view.units, self.k, self.words, self.catchup) - view.written
        return Ask(budget) if budget > 0 else LISTEN

    def decide(self, view: View, hypothesis: Hypothesis) -> Action:
        """Write what the schedule allows, as far as the hypothesis goes."""
        budget = wait_k_budget(view.units, self.k, self.words, self.catchup) - view.written
        return write(min(budget, len(hypothesis.words)))


@policy("waitk-adaptive")
@dataclass(frozen=True, slots=True)
class AdaptiveWaitK:
    """wait-k whose k is chosen per word between k_min and k_max by confidence (Zheng et al. 2020).

    At lag k a word is written if its probability reaches rho_k, which falls linearly from rho_max
    at k_min to rho_min at k_max; below k_min always READ, at k_max always WRITE.
    """

    k_min: int = 1
    k_max: int = 7
    rho_max: float = 0.9
    rho_min: float = 0.4
    unit_ms: int = 500
    words: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.k_min <= self.k_max or self.words < 1:
            raise ValueError("waitk-adaptive: 1 <= k_min <= k_max, words >= 1")

    def ask(self, view: View) -> Ask | None:
        """All words that k_min would allow."""
        budget = wait_k_budget(view.units, self.k_min, self.words) - view.written
        return Ask(budget) if budget > 0 else LISTEN

    def decide(self, view: View, hypothesis: Hypothesis) -> Action:
        """Write up to the first word that is not sure enough for its lag."""
        count = 0
        for word in hypothesis.words:
            lag = view.units - (view.written + count) // self.words
            if lag < self.k_min or (lag < self.k_max and word.probability < self.threshold(lag)):
                break
            count += 1
        return write(count)

    def threshold(self, lag: int) -> float:
        """rho_k at this lag, in units."""
        span = max(1, self.k_max - self.k_min)
        return self.rho_max - (self.rho_max - self.rho_min) * (lag - self.k_min) / span
