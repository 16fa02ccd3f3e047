"""A latency policy of one's own: copy this file, change `decide`, run it beside the others.

    interp eval m.tsv --policy-file my_policy.py --policy patient --policy waitk:k=3 --out run
    interp eval m.tsv --policy-file my_policy.py --sweep "patient:hold_ms=0..900:300" --out run

The rule here: write a word once the model is sure of it, or once its sound is old enough.
"""

from dataclasses import dataclass

from interp.core.translator import Ask, Hypothesis, Word
from interp.policies.base import ALL_WORDS, Action, View, write
from interp.policies.registry import policy


@policy("patient")
@dataclass(frozen=True, slots=True)
class Patient:
    """Fields are parameters: `patient:sure=0.8,hold_ms=600`. Their types convert the text.

    sure: probability from which a word is written at once. hold_ms: a word that attends to audio
    older than this is written anyway. unit_ms: how often the policy is asked, ms of voiced time.
    """

    sure: float = 0.9
    hold_ms: int = 900
    unit_ms: int = 500

    def __post_init__(self) -> None:
        """Refuse what makes no sense: the message reaches whoever wrote the policy string."""
        if not 0 <= self.sure <= 1 or self.hold_ms < 0:
            raise ValueError("patient: sure is 0 to 1, hold_ms at least 0")

    @property
    def attention_rule(self) -> str:
        """Only for policies that look at `Word.attended_ms`: what does, by name."""
        return "hold_ms"

    def ask(self, view: View) -> Ask | None:
        """What `decide` needs to see. Nothing before 1 s: READ without any model work."""
        return Ask(ALL_WORDS) if view.heard_ms >= 1000 else None

    def decide(self, view: View, hypothesis: Hypothesis) -> Action:
        """Write the leading words that are sure or old; write(0) is READ.

        At the end of a segment the session writes the rest by itself.
        """
        count = 0
        for word in hypothesis.words:
            if not self._ready(word, view):
                break
            count += 1
        return write(count)

    def _ready(self, word: Word, view: View) -> bool:
        old = word.attended_ms is not None and word.attended_ms < view.heard_ms - self.hold_ms
        return old or word.probability >= self.sure
