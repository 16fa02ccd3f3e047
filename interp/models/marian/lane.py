"""One continuation under way: what it starts from, and how it ends. `greedy` and `beam` go on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor

from interp.models.marian.decoder import START, Fed, Feed
from interp.models.marian.encoder import Memory
from interp.models.marian.outlook import Outlook
from interp.models.marian.vocabulary import Tokens
from interp.models.marian.writing import Continuation, Draft, Preference

TOKENS_PER_SOURCE, TOKENS_AT_ONCE = 2, 8
"""A text that grows beyond so many times its source, and these, ends there."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence as it was read. candidates: the only tokens to write, [token]; None: all."""

    words: tuple[str, ...]
    source: Tokens
    memory: Memory
    candidates: Tensor | None


@dataclass(frozen=True, slots=True)
class WriterState:
    """The translation of one sentence: the forced tokens, and the words last guessed after them.

    cells: the decoder's after the first `run` inputs, over `reading`. guessed: the tokens of each
    word. following: those that are likely to come after them.
    """

    cells: Tensor
    reading: Reading | None = None
    run: int = 0
    written: tuple[int, ...] = ()
    guessed: tuple[tuple[int, ...], ...] = ()
    following: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """What came of a step, and the state to go on from."""

    found: Continuation
    state: WriterState


@dataclass(frozen=True, slots=True)
class WriteStep:
    """One continuation.

    accepted: words of the last continuation written since. words: at most so many. until: stop at
    the first word that reads this source word or a later one (None: do not stop). beams: texts
    that are followed side by side.
    """

    state: WriterState
    reading: Reading
    accepted: int
    words: int
    until: int | None = None
    preference: Preference | None = None
    beams: int = 1


class Lane(Protocol):
    """A continuation under way."""

    @property
    def width(self) -> int:
        """How many texts it follows side by side."""

    @property
    def preference(self) -> Preference | None:
        """What its text should say."""

    @property
    def reading(self) -> Reading:
        """What it reads."""

    @property
    def stopped(self) -> bool:
        """Whether nothing more is to be run."""

    def feeds(self) -> list[Feed]:
        """What to run now."""

    def choosing(self, fed: Sequence[Fed]) -> tuple[Tensor, Tensor]:
        """The rows that choose, [row, dim], and what they attend to, [row, source token]."""

    def take(self, fed: Sequence[Fed], outlooks: Sequence[Outlook]) -> None:
        """Go on by what those rows tell."""

    def close(self) -> Written:
        """What came of it."""


@dataclass(slots=True)
class Opened:
    """Where a step goes on from: the decoder after `run` inputs, those to run next, and the draft.

    likely: tokens that may come after them. settled: the cells before the last of what is written.
    """

    state: WriterState
    reading: Reading
    draft: Draft
    cells: Tensor
    run: int
    pending: list[int]
    likely: list[int]
    settled: Tensor | None = None

    def settle(self, fed: Fed) -> None:
        """Keep the cells before the last pending input: it is run again when more is written."""
        if self.settled is None:
            row = len(self.pending) - 1
            self.settled = fed.cells[row - 1].clone() if row else self.cells

    def closed(self) -> Written:
        """What came of the draft, and the state to go on from."""
        draft = self.draft
        run, cells, reading = self.state.run, self.state.cells, self.state.reading
        if self.settled is not None:
            run, cells, reading = len(draft.written), self.settled, self.reading
        state = WriterState(
            cells,
            reading,
            run,
            tuple(draft.written),
            tuple(map(tuple, draft.tokens)),
            tuple(draft.following),
        )
        return Written(Continuation(tuple(draft.words), draft.ended), state)


def opened(step: WriteStep, fresh: Tensor, *, refresh: bool) -> Opened:
    """A step as it begins. fresh: cells before any token. refresh: run what is written again over
    a sentence that has grown."""
    state = step.state
    assert 0 <= step.accepted <= len(state.guessed), "accepted words are of the last guess"
    written = [*state.written, *_joined(state.guessed[: step.accepted])]
    likely = [*_joined(state.guessed[step.accepted :]), *state.following]
    cells, run = state.cells, state.run
    if refresh and state.reading is not step.reading:
        cells, run = fresh, 0
    source = step.reading.source
    budget = TOKENS_PER_SOURCE * len(source.ids) + TOKENS_AT_ONCE - len(written)
    draft = Draft(written, source, step.words, step.until, budget, step.preference)
    return Opened(state, step.reading, draft, cells, run, [START, *written][run:], likely)


def _joined(words: Sequence[Sequence[int]]) -> list[int]:
    return [token for word in words for token in word]
