"""Several texts side by side; the one of the best mean probability is taken, and cut into words.

The search is Whisper's (`interp.models.whisper.search`). What a preference raises counts for a
text, so that one with a term is not driven out by those without.
"""

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from interp.models.marian.decoder import Fed, Feed
from interp.models.marian.lane import Opened, Reading, Written
from interp.models.marian.vocabulary import END
from interp.models.marian.writing import UNKNOWN, Chooser, Draft, OpenWord
from interp.models.whisper.search import Choice, Path, Search


class BeamLane:
    """A `Lane` that follows `width` texts."""

    def __init__(self, opened: Opened, chooser: Chooser, width: int) -> None:
        self._opened, self._chooser = opened, chooser
        draft = opened.draft
        self._search = Search(draft.written, max(0, draft.budget), width)
        self._cells, self._run = [opened.cells], opened.run
        self._pending = [opened.pending]
        self._enough: Draft | None = draft if draft.stopped else None

    @property
    def reading(self) -> Reading:
        """As Lane has it."""
        return self._opened.reading

    @property
    def stopped(self) -> bool:
        """As Lane has it."""
        return self._enough is not None or self._search.stopped

    def feeds(self) -> list[Feed]:
        """The newest tokens of each text."""
        memory = self.reading.memory
        return [
            Feed(tokens, self._run, cells, memory)
            for tokens, cells in zip(self._pending, self._cells, strict=True)
        ]

    def choosing(self, fed: Sequence[Fed]) -> Tensor:
        """The last of each text."""
        return torch.stack([one.hidden[-1] for one in fed])

    def take(self, fed: Sequence[Fed], scores: Tensor) -> None:
        """Go on with the best of what may follow each text."""
        self._opened.settle(fed[0])
        attention = [one.attention[-1] for one in fed]
        choices = self._choices(scores, attention)
        self._run += len(self._pending[0])
        places = self._search.advance(choices, attention, END, _was_said)
        self._cells = [fed[place].cells[-1] for place in places]
        self._pending = [[path.tokens[-1]] for path in self._search.alive]
        if self._search.alive:
            best = self._cut(self._search.alive[0])
            self._enough = best if best.stopped else None

    def close(self) -> Written:
        """As Lane has it."""
        self._opened.draft = self._enough or self._cut(self._search.best)
        return self._opened.closed()

    def _choices(self, scores: Tensor, attention: Sequence[Tensor]) -> list[list[Choice]]:
        """The best tokens to follow each text. scores [row, vocab]."""
        scores[:, UNKNOWN] = -torch.inf
        totals = scores.logsumexp(dim=1, keepdim=True)
        preference = self._opened.draft.preference
        if preference:
            written = self._opened.draft.written
            texts = [[*written, *path.tokens] for path in self._search.alive]
            rows = zip(texts, scores, attention, strict=True)
            scores = torch.stack([preference.apply(*row) for row in rows])
        best = (scores - totals).topk(2 * self._search.width, dim=1)
        return [
            [Choice(token, logprob) for token, logprob in zip(tokens, logprobs, strict=True)]
            for tokens, logprobs in zip(best.indices.tolist(), best.values.tolist(), strict=True)
        ]

    def _cut(self, path: Path) -> Draft:
        """A text as a draft, up to where that stops."""
        draft = replace(self._opened.draft, words=[], tokens=[], open=OpenWord(), following=[])
        rows = zip(path.tokens, path.logprobs, path.attention, strict=False)
        for token, logprob, attention in rows:
            if draft.stopped:
                break
            self._chooser.add(draft, token, min(0.0, logprob), int(attention.argmax()))
        if path.ended and not draft.stopped:
            self._chooser.add(draft, END, 0.0, 0)
        kept = sum(map(len, draft.tokens))
        draft.following = list(path.tokens[kept:])
        return draft


def _was_said(_: Path) -> bool:
    """A student reads what was said; it repeats what that repeats."""
    return True
