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
from interp.models.marian.outlook import Outlook
from interp.models.marian.vocabulary import END
from interp.models.marian.writing import (
    Chooser,
    Draft,
    OpenWord,
    Preference,
    most_attended,
    options,
)
from interp.models.whisper.search import Choice, Path, Search, told


class BeamLane:
    """A `Lane` that follows `width` texts."""

    def __init__(self, opened: Opened, chooser: Chooser, width: int) -> None:
        self._opened, self._chooser = opened, chooser
        draft = opened.draft
        self._search = Search[int](draft.written, max(0, draft.budget), width)
        self._cells, self._run = [opened.cells], opened.run
        self._pending = [opened.pending]
        self._enough: Draft | None = draft if draft.stopped else None

    @property
    def width(self) -> int:
        """As Lane has it."""
        return self._search.width

    @property
    def preference(self) -> Preference | None:
        """As Lane has it."""
        return self._opened.draft.preference

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

    def choosing(self, fed: Sequence[Fed]) -> tuple[Tensor, Tensor]:
        """The last of each text."""
        hidden = torch.stack([one.hidden[-1] for one in fed])
        return hidden, torch.stack([one.attention[-1] for one in fed])

    def take(self, fed: Sequence[Fed], outlooks: Sequence[Outlook]) -> None:
        """Go on with the best of what may follow each text."""
        self._opened.settle(fed[0])
        attended = [most_attended(outlook.attention) for outlook in outlooks]
        choices = self._choices(outlooks)
        self._run += len(self._pending[0])
        # A student reads what was said, and repeats what that repeats.
        places = told(self._search.advance(choices, attended, END), heard=True)
        self._cells = [fed[place].cells[-1] for place in places]
        self._pending = [[path.tokens[-1]] for path in self._search.alive]
        if self._search.alive:
            best = self._cut(self._search.alive[0])
            self._enough = best if best.stopped else None

    def close(self) -> Written:
        """As Lane has it."""
        self._opened.draft = self._enough or self._cut(self._search.best)
        return self._opened.closed()

    def _choices(self, outlooks: Sequence[Outlook]) -> list[list[Choice]]:
        """The best tokens to follow each text."""
        written = self._opened.draft.written
        return [
            [
                Choice(option.token, option.rank)
                for option in options(self.preference, [*written, *path.tokens], outlook)
            ]
            for path, outlook in zip(self._search.alive, outlooks, strict=True)
        ]

    def _cut(self, path: Path[int]) -> Draft:
        """A text as a draft, up to where that stops."""
        draft = replace(self._opened.draft, words=[], tokens=[], open=OpenWord(), following=[])
        rows = zip(path.tokens, path.logprobs, path.attention, strict=False)
        for token, logprob, place in rows:
            if draft.stopped:
                break
            self._chooser.add(draft, token, min(0.0, logprob), place)
        if path.ended and not draft.stopped:
            self._chooser.add(draft, END, 0.0, 0)
        kept = sum(map(len, draft.tokens))
        draft.following = list(path.tokens[kept:])
        return draft
