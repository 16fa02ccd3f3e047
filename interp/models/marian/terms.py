"""A preference for the terms of a glossary while a sentence is written.

A term is begun where the model turns to its source words, and once begun it is completed. Both are
raises of scores, not rules: where the model is sure enough of something else, that is written.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from interp.models.marian.outlook import Option, Outlook, Seen

BEGIN, CONTINUE = 30.0, 30.0
"""By how much the score of a term's first token, and of each next one, is raised."""

TURNED = 0.4
"""A model has turned to a term when so much of its attention is on the term's source words."""

FREQUENT = 60
"""The first tokens of a vocabulary: marks, articles, prepositions. They may stand before a term."""


@dataclass(frozen=True, slots=True)
class PreferredTerm:
    """tokens: of the term as it shall be written. places: its source tokens."""

    tokens: tuple[int, ...]
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TermPreference:
    """The terms of one sentence, in the order of their source."""

    terms: tuple[PreferredTerm, ...]

    @property
    def watched(self) -> tuple[int, ...]:
        """As Preference: those of the terms."""
        return tuple({token for term in self.terms for token in term.tokens})

    def options(self, written: Sequence[int], outlook: Outlook) -> Sequence[Option]:
        """As Preference."""
        ends = any(tuple(written[-len(term.tokens) :]) == term.tokens for term in self.terms)
        seen = outlook.whole if ends else outlook.seen
        assert seen is not None, "with a preference, whole words are told apart"
        pending = self._pending(written)
        for term in pending:
            begun = _begun(term.tokens, written)
            if begun:
                return _raised(seen, term.tokens[begun], CONTINUE)
        if seen.best[0].token < FREQUENT:
            return seen.best
        turned = [sum(outlook.attention[place] for place in term.places) for term in pending]
        if not turned or max(turned) < TURNED:
            return seen.best
        return _raised(seen, pending[turned.index(max(turned))].tokens[0], BEGIN)

    def _pending(self, written: Sequence[int]) -> list[PreferredTerm]:
        """The terms that have not been written as often as they were said."""
        left: dict[tuple[int, ...], int] = {}
        pending = []
        for term in self.terms:
            if term.tokens not in left:
                left[term.tokens] = _count(term.tokens, written)
            left[term.tokens] -= 1
            if left[term.tokens] < 0:
                pending.append(term)
        return pending


def _begun(tokens: Sequence[int], written: Sequence[int]) -> int:
    """How many of the term's tokens stand at the end of what is written, but not all."""
    for count in range(min(len(tokens) - 1, len(written)), 0, -1):
        if tuple(written[-count:]) == tuple(tokens[:count]):
            return count
    return 0


def _count(tokens: Sequence[int], written: Sequence[int]) -> int:
    size = len(tokens)
    return sum(
        tuple(written[i : i + size]) == tuple(tokens) for i in range(len(written) - size + 1)
    )


def _raised(seen: Seen, token: int, by: float) -> Sequence[Option]:
    """The options with this one raised; as many as before."""
    raised = replace(seen.watched[token], raised=by)
    others = [option for option in seen.best if option.token != token]
    return sorted([raised, *others], key=lambda option: -option.rank)[: len(seen.best)]


def places_of(word_of: Sequence[int], first: int, last: int) -> tuple[int, ...]:
    """The source tokens of words `first` to before `last`."""
    return tuple(i for i, word in enumerate(word_of) if first <= word < last)
