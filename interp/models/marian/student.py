"""A Firefox Translations student that reads sentences which grow and writes on from a prefix."""

from collections.abc import Sequence

import torch
from torch import Tensor

from interp.core.glossary import Glossary
from interp.models.marian.beam import BeamLane
from interp.models.marian.checkpoint import MarianCheckpoint
from interp.models.marian.decoder import MarianDecoder
from interp.models.marian.encoder import MarianEncoder
from interp.models.marian.greedy import GreedyLane
from interp.models.marian.lane import Lane, Reading, WriterState, WriteStep, Written, opened
from interp.models.marian.outlook import Rows, Watched, outlooks
from interp.models.marian.shortlist import Shortlist
from interp.models.marian.terms import PreferredTerm, TermPreference, places_of
from interp.models.marian.vocabulary import Tokens, Vocabulary
from interp.models.marian.writing import UNKNOWN, Chooser
from interp.models.precision import Precision


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
        precision: Precision = Precision.FLOAT16,
        spaced: bool = True,
        refresh: bool = True,
    ) -> None:
        self._source, self.target = source, target
        self._encoder = MarianEncoder(checkpoint, device, precision)
        self._decoder = MarianDecoder(checkpoint, device, precision)
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
        return TermPreference(tuple(terms)) if terms else None

    def init_state(self) -> WriterState:
        """A translation of which nothing is written."""
        return WriterState(self._decoder.init_cells())

    @torch.inference_mode()
    def write(self, steps: Sequence[WriteStep]) -> list[Written]:
        """Continue each translation; all texts of all of them are one batch."""
        lanes = [self._open(step) for step in steps]
        watched = self._watched(lanes)
        while running := [place for place, lane in enumerate(lanes) if not lane.stopped]:
            self._advance([lanes[place] for place in running], [watched[p] for p in running])
        return [lane.close() for lane in lanes]

    def _open(self, step: WriteStep) -> Lane:
        begun = opened(step, self._decoder.init_cells(), refresh=self._refresh)
        if step.beams > 1:
            return BeamLane(begun, self._chooser, step.beams)
        return GreedyLane(begun, self._chooser)

    def _watched(self, lanes: Sequence[Lane]) -> list[Watched | None]:
        """The tokens that the preference of each asks about; one transfer to the device."""
        tokens = [lane.preference.watched if lane.preference else () for lane in lanes]
        if not any(tokens):
            return [None] * len(lanes)
        places = torch.tensor([token for some in tokens for token in some], device=self._device)
        parts = torch.split(places, [len(some) for some in tokens])
        return [(some, part) if some else None for some, part in zip(tokens, parts, strict=True)]

    def _advance(self, lanes: Sequence[Lane], watched: Sequence[Watched | None]) -> None:
        """Run what each lane has to run and let it choose the next tokens; one transfer to the
        device, and one from it."""
        feeds = [lane.feeds() for lane in lanes]
        ran = iter(self._decoder.feed([feed for some in feeds for feed in some]))
        fed = [[next(ran) for _ in some] for some in feeds]
        chosen = [lane.choosing(some) for lane, some in zip(lanes, fed, strict=True)]
        scores = self._scores(lanes, [hidden for hidden, _ in chosen])
        rows = [
            Rows(some, attention, tokens, self._grows if tokens else None)
            for some, (_, attention), tokens in zip(scores, chosen, watched, strict=True)
        ]
        told = outlooks(rows, UNKNOWN, 2 * max(lane.width for lane in lanes))
        for lane, some, seen in zip(lanes, fed, told, strict=True):
            lane.take(some, seen)

    def _scores(self, lanes: Sequence[Lane], rows: Sequence[Tensor]) -> list[Tensor]:
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
