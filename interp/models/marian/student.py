"""A Firefox Translations student that reads sentences which grow and writes on from a prefix.

What was guessed last time after the words now written is run along with them as a draft, as in
`interp.models.whisper.translator`: as far as the model still chooses the same tokens, one pass
gives them all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from interp.core.glossary import Glossary
from interp.models.marian.checkpoint import MarianCheckpoint
from interp.models.marian.decoder import START, Fed, Feed, MarianDecoder
from interp.models.marian.encoder import MarianEncoder, Memory
from interp.models.marian.shortlist import Shortlist
from interp.models.marian.terms import PreferredTerm, TermPreference, places_of
from interp.models.marian.vocabulary import Tokens, Vocabulary
from interp.models.marian.writing import Chooser, Continuation, Draft, Preference

DRAFT_TOKENS = 24
"""A draft is at most this long: what comes later of a guess seldom stays."""

TOKENS_PER_SOURCE, TOKENS_AT_ONCE = 2, 8
"""A text that grows beyond so many times its source, and these, ends there."""

MOST_SOURCE_TOKENS = 256
"""The students were trained on sentences; longer ones are not meant for them."""


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
    the first word that reads this source word or a later one (None: do not stop).
    """

    state: WriterState
    reading: Reading
    accepted: int
    words: int
    until: int | None = None
    preference: Preference | None = None


@dataclass(slots=True)
class _Lane:
    """cells: after `run` inputs. settled: the cells before the last of what is written.
    pending: inputs to run next. trial: those that may come after them."""

    state: WriterState
    reading: Reading
    draft: Draft
    cells: Tensor
    run: int
    pending: list[int]
    trial: list[int]
    settled: Tensor | None = None


class Student:
    """The translator of one language pair.

    shortlist: write none but its candidates. refresh: what was written is run again each time the
    sentence has grown; else the cells stay as they were.
    """

    def __init__(
        self,
        checkpoint: MarianCheckpoint,
        source: Vocabulary,
        target: Vocabulary,
        *,
        device: torch.device,
        shortlist: Shortlist | None = None,
        half: bool = True,
        spaced: bool = True,
        refresh: bool = True,
    ) -> None:
        self._source, self.target = source, target
        self._encoder = MarianEncoder(checkpoint, device, half=half)
        self._decoder = MarianDecoder(checkpoint, device, half=half)
        self._chooser = Chooser(target, spaced=spaced)
        self._shortlist, self._device = shortlist, device
        self._refresh = refresh
        self._grows = torch.tensor([target.grows(i) for i in range(target.size)], device=device)

    @torch.inference_mode()
    def read(self, sentences: Sequence[Sequence[str]]) -> list[Reading]:
        """The words of each sentence to what the decoder sees of it."""
        if not sentences:
            return []
        tokens = [self._source.read(words) for words in sentences]
        memories = self._encoder.encode([one.ids for one in tokens])
        return [
            Reading(tuple(words), one, memory, self._candidates(one))
            for words, one, memory in zip(sentences, tokens, memories, strict=True)
        ]

    def _candidates(self, source: Tokens) -> Tensor | None:
        shortlist = self._shortlist
        return shortlist.candidates(source.ids).to(self._device) if shortlist else None

    def preference(self, reading: Reading, glossary: Glossary) -> TermPreference | None:
        """What the sentence's terms should be written as; None where it has none."""
        terms = [
            PreferredTerm(
                tuple(self.target.encode(found.term.target)),
                places_of(reading.source.word_of, found.first, found.last),
            )
            for found in glossary.find(reading.words)
            if found.whole
        ]
        return TermPreference(tuple(terms), self._grows) if terms else None

    def init_state(self) -> WriterState:
        """A translation of which nothing is written."""
        return WriterState(self._decoder.init_cells())

    @torch.inference_mode()
    def write(self, steps: Sequence[WriteStep]) -> list[Written]:
        """Continue each translation greedily."""
        lanes = [self._open(step) for step in steps]
        running = [lane for lane in lanes if not lane.draft.stopped]
        while running:
            self._advance(running)
            running = [lane for lane in running if not lane.draft.stopped]
        return [_close(lane) for lane in lanes]

    def _open(self, step: WriteStep) -> _Lane:
        state = step.state
        assert 0 <= step.accepted <= len(state.guessed), "accepted words are of the last guess"
        written = [*state.written, *_joined(state.guessed[: step.accepted])]
        trial = [*_joined(state.guessed[step.accepted :]), *state.following]
        cells, run = state.cells, state.run
        if self._refresh and state.reading is not step.reading:
            cells, run = self._decoder.init_cells(), 0
        source = step.reading.source
        budget = TOKENS_PER_SOURCE * len(source.ids) + TOKENS_AT_ONCE - len(written)
        draft = Draft(written, source, step.words, step.until, budget, step.preference)
        pending = [START, *written][run:]
        return _Lane(state, step.reading, draft, cells, run, pending, trial[:DRAFT_TOKENS])

    def _advance(self, lanes: Sequence[_Lane]) -> None:
        """Run the pending tokens and the trial of each lane and let it choose the next ones."""
        fed = self._decoder.feed(
            [
                Feed(lane.pending + lane.trial, lane.run, lane.cells, lane.reading.memory)
                for lane in lanes
            ]
        )
        counts = [1 + len(lane.trial) for lane in lanes]
        rows = [one.hidden[-count:] for one, count in zip(fed, counts, strict=True)]
        for lane, one, row in zip(lanes, fed, self._scores(lanes, rows), strict=True):
            self._choose(lane, one, row)

    def _scores(self, lanes: Sequence[_Lane], rows: Sequence[Tensor]) -> list[Tensor]:
        """Each lane's rows [row, dim] to scores [row, vocab]."""
        if self._shortlist is None:
            counts = [len(some) for some in rows]
            return list(torch.split(self._decoder.logits(torch.cat(list(rows))), counts))
        scores = []
        for lane, some in zip(lanes, rows, strict=True):
            candidates = lane.reading.candidates
            assert candidates is not None, "a reading of this student has its candidates"
            full = torch.full((len(some), self.target.size), -torch.inf, device=self._device)
            full[:, candidates] = self._decoder.logits_of(some, candidates)
            scores.append(full)
        return scores

    def _choose(self, lane: _Lane, fed: Fed, scores: Tensor) -> None:
        """Take tokens as long as they are those of the trial, and one more. scores [row, vocab]."""
        row = len(lane.pending) - 1
        if lane.settled is None:
            lane.settled = fed.cells[row - 1].clone() if row else lane.cells
        token = self._chooser.take(lane.draft, scores[0], fed.attention[row])
        for number, tried in enumerate(lane.trial, start=1):
            if lane.draft.stopped or token != tried:
                break
            row += 1
            token = self._chooser.take(lane.draft, scores[number], fed.attention[row])
        lane.cells, lane.run = fed.cells[row], lane.run + row + 1
        lane.pending, lane.trial = [token], []


def _close(lane: _Lane) -> Written:
    draft = lane.draft
    state = replace(
        lane.state,
        written=tuple(draft.written),
        guessed=tuple(map(tuple, draft.tokens)),
        following=tuple(draft.following),
    )
    if lane.settled is not None:
        run = len(draft.written)
        state = replace(state, cells=lane.settled, run=run, reading=lane.reading)
    return Written(Continuation(tuple(draft.words), draft.ended), state)


def _joined(words: Sequence[Sequence[int]]) -> list[int]:
    return [token for word in words for token in word]
