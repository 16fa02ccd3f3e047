"""An OmniLM as a translator of its own: it writes while it hears, in the duplex layout.

A hypothesis is what would be written if no more were said: the model is run ahead in silence, and
then put back. Words that were accepted are written one token a frame from where they were guessed.
"""

import math
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from interp.core.translator import Abilities, DecodeStep, EncodeStep, Hypothesis, Pair, Wait, Word
from interp.models.omni.duplex import Speller, begins_of, opening, steps_of, told_k
from interp.models.omni.grid import TextSpecial
from interp.models.omni.hearing import Ear
from interp.models.omni.release import Omni
from interp.models.omni.state import OmniState

AHEAD = 128
"""Most tokens of a hypothesis."""
TOKENS_PER_FRAME = 2
"""A text that grows beyond so many times its frames, and `TOKENS_AT_ONCE`, ends there."""
TOKENS_AT_ONCE = 10


@dataclass(slots=True)
class OmniSource:
    """A segment: the ear's state, and features [frame, source_dim], which stay as first told."""

    ear: Any
    features: Tensor
    finished: bool = False


@dataclass(slots=True)
class OmniTarget:
    """A writer. language: number of what it writes, None for the speaker's own words. logits: after
    the last step, None before the first: the model is told the k of the policy that asks first, and
    keeps to it. run: frames that the model has seen. waiting: accepted tokens that are not fed yet.
    taken: tokens accepted in all. guessed: of each word."""

    source: OmniSource
    state: OmniState
    language: int | None
    logits: Tensor | None = None
    run: int = 0
    words: int = 0
    taken: int = 0
    waiting: list[int] = field(default_factory=list)
    guessed: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a step leaves behind, once all of its batch have come through."""

    target: OmniTarget
    logits: Tensor
    run: int
    words: int
    taken: int
    waiting: list[int]
    guessed: tuple[tuple[int, ...], ...]
    hypothesis: Hypothesis


class OmniTranslator:
    """A `Translator` of the pairs that the model's card names."""

    abilities = Abilities(attention=False)

    def __init__(self, model: Omni, ear: Ear) -> None:
        """Raises ValueError where the model does not hear what the ear tells."""
        if ear.dim != model.card.lm.source_dim:
            raise ValueError(f"the model hears {model.card.lm.source_dim} numbers, not {ear.dim}")
        self._model, self._ear, self._lm = model, ear, model.lm
        layout = model.lm.config.layout
        begins = begins_of(layout, model.tokens.begins_word, model.tokens.count)
        self._speller = Speller(layout, begins.to(model.lm.device))
        self._pad = layout.text(TextSpecial.PAD)

    @property
    def pairs(self) -> frozenset[Pair]:
        """Those that it learnt."""
        return frozenset(Pair(*pair.split("-")) for pair in self._model.card.pairs)

    def init_source(self) -> OmniSource:
        """State of a segment of which nothing was heard."""
        features = torch.zeros(0, self._ear.dim, device=self._lm.device)
        return OmniSource(self._ear.init_state(), features)

    @torch.inference_mode()
    def init_target(
        self, source: OmniSource, source_language: str, target_language: str, context: str
    ) -> OmniTarget:
        """A writer; ValueError for a pair that it did not learn. context: has no place in the
        layout."""
        if Pair(source_language, target_language) not in self.pairs:
            raise ValueError(f"{source_language} to {target_language} is not served")
        translates = source_language != target_language
        number = self._model.card.language(target_language) if translates else None
        return OmniTarget(source, self._lm.init_state(1, longest_call=AHEAD + 1), number)

    @torch.inference_mode()
    def encode(self, steps: Sequence[EncodeStep[OmniSource]]) -> None:
        """Hear what is new in each segment."""
        for step in steps:
            source = step.state
            told = self._ear.listen(source.ear, step.audio, finished=step.finished)
            fresh = torch.from_numpy(np.asarray(told[len(source.features) :]))
            source.features = torch.cat([source.features, fresh.to(source.features)])
            source.finished = step.finished

    def spoken(self, sources: Sequence[OmniSource]) -> list[Mapping[str, float]]:
        """It does not tell."""
        return [{} for _ in sources]

    @torch.inference_mode()
    def decode(self, steps: Sequence[DecodeStep[OmniTarget]]) -> list[Hypothesis]:
        """Continue each written prefix; one hypothesis per step, in order."""
        with ExitStack() as undo:
            outcomes = []
            for step in steps:
                undo.callback(step.state.state.rewind, step.state.state.steps.clone())
                outcomes.append(self._decoded(step))
            undo.pop_all()
        for one in outcomes:
            target = one.target
            target.logits, target.run, target.words = one.logits, one.run, one.words
            target.taken, target.waiting, target.guessed = one.taken, one.waiting, one.guessed
        return [one.hypothesis for one in outcomes]

    def _decoded(self, step: DecodeStep[OmniTarget]) -> _Outcome:
        target = step.state
        assert 0 <= step.accepted <= len(target.guessed), "accepted words are of the last guess"
        accepted = [token for word in target.guessed[: step.accepted] for token in word]
        waiting = [*target.waiting, *accepted]
        logits = self._opened(target, step.wait) if target.logits is None else target.logits
        features = target.source.features
        for frame in range(target.run, len(features)):
            said = waiting.pop(0) if waiting else self._pad
            logits = self._step(target.state, [said], features[frame : frame + 1])
        words, taken = target.words + step.accepted, target.taken + len(accepted)
        guessed: tuple[tuple[int, ...], ...] = ()
        hypothesis = Hypothesis()
        if step.ask.words > 0 and len(features):
            budget = TOKENS_PER_FRAME * len(features) + TOKENS_AT_ONCE - taken
            before = target.state.steps.clone()
            ahead = _Ahead(self, target.state, logits, words, min(budget, AHEAD - len(waiting)))
            ahead.force(waiting)
            guessed, hypothesis = ahead.hypothesis(step.ask.words)
            target.state.rewind(before)
        elif step.ask.words <= 0:
            guessed = target.guessed[step.accepted :]
        return _Outcome(target, logits, len(features), words, taken, waiting, guessed, hypothesis)

    def _opened(self, target: OmniTarget, wait: Wait | None) -> Tensor:
        """Text logits before the first frame."""
        k = told_k(wait, self._model.card.unit_frames)
        return self._step(target.state, opening(self._lm.config.layout, target.language, k))

    def _step(self, state: OmniState, said: Sequence[int], feature: Tensor | None = None) -> Tensor:
        """Text logits [text_vocab] after steps of these ids, the last of which hears a feature."""
        ids = steps_of(self._lm.config.layout, said, self._lm.device)
        heard = None if feature is None else feature[None]
        return self._lm.text_logits(self._lm(self._lm.embed_duplex(ids, heard), state)[:, -1])[0]

    def spell(self, tokens: Sequence[int]) -> str:
        """A word as it follows others."""
        return f" {self._model.tokens.decode(tokens).strip()}"

    def follow(self, state: OmniState, token: int) -> Tensor:
        """Text logits after a token, in silence."""
        silence = torch.zeros(1, self._ear.dim, device=self._lm.device)
        return self._step(state, [token], silence)

    @property
    def speller(self) -> Speller:
        """What may be written where."""
        return self._speller


@dataclass(slots=True)
class _Ahead:
    """A run ahead in silence. budget: tokens that may still come."""

    writer: OmniTranslator
    state: OmniState
    logits: Tensor
    words: int
    budget: int

    def force(self, tokens: Sequence[int]) -> None:
        """Tokens that were accepted and have had no frame yet."""
        for token in tokens:
            self.logits = self.writer.follow(self.state, token)

    def hypothesis(self, most: int) -> tuple[tuple[tuple[int, ...], ...], Hypothesis]:
        """At most so many whole words: tokens of each, and the words."""
        found: list[tuple[int, ...]] = []
        words: list[Word] = []
        while len(found) < most:
            tokens, logprob = self._word()
            if not tokens:
                return tuple(found), Hypothesis(tuple(words), finished=True)
            found.append(tuple(tokens))
            probability = math.exp(logprob / len(tokens))
            words.append(Word(self.writer.spell(tokens), probability, None))
            self.words += 1
        return tuple(found), Hypothesis(tuple(words))

    def _word(self) -> tuple[list[int], float]:
        """Tokens of the next word and their log probability; none where the text ends."""
        tokens: list[int] = []
        logprob = 0.0
        token = self.writer.speller.begun(self.logits, self.words) if self.budget > 0 else None
        while token is not None:
            logprob += float(self.logits.log_softmax(dim=0)[token])
            tokens.append(token)
            self.budget -= 1
            self.logits = self.writer.follow(self.state, token)
            token = self.writer.speller.gone_on(self.logits) if self.budget > 0 else None
        return tokens, logprob
