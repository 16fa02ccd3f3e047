"""Streaming speech translation by Whisper: encode what is new, continue the written prefix."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from interp.core.audio import ENCODER_FRAME_MS, SOURCE_RATE_HZ
from interp.core.text import Ask, DecodeStep, EncodeStep, Hypothesis, Task, Word
from interp.models.whisper.checkpoint import WhisperCheckpoint
from interp.models.whisper.decoder import Feed, WhisperDecoder
from interp.models.whisper.encoder import Seen
from interp.models.whisper.hearing import Hearing, SourceState
from interp.models.whisper.loops import looped_tokens
from interp.models.whisper.settings import WhisperSettings
from interp.models.whisper.tokenizer import UNSPACED_LANGUAGES, WhisperTokenizer


@dataclass(slots=True)
class TargetState:
    """One writer: the forced tokens, and the words last guessed after them.

    prompt: tokens before the text. written: forced text tokens. guessed: the tokens of each word of
    the last hypothesis. cached: how many forced positions of `cache` hold.
    """

    source: SourceState
    prompt: list[int]
    spaced: bool
    tokens_per_s: float
    cache: Tensor
    written: list[int] = field(default_factory=list)
    guessed: list[list[int]] = field(default_factory=list)
    cached: int = 0
    no_speech: float = 0.0


@dataclass(slots=True)
class Lane:
    """One hypothesis while it is decoded.

    tokens: text tokens guessed so far, of which the last `open_tokens` form a word that may still
    grow. logprobs, attention: per token; attention [heard].
    """

    state: TargetState
    ask: Ask
    believe_end: bool
    cross: Seen
    budget: int
    feed: list[int]
    words: list[Word] = field(default_factory=list)
    word_tokens: list[list[int]] = field(default_factory=list)
    open_tokens: list[int] = field(default_factory=list)
    logprobs: list[float] = field(default_factory=list)
    attention: list[Tensor] = field(default_factory=list)
    ended: bool = False
    stopped: bool = False

    @property
    def text(self) -> list[int]:
        """All text tokens so far, written and guessed."""
        guessed = [token for word in self.word_tokens for token in word]
        return self.state.written + guessed + self.open_tokens


class WhisperTranslator:
    """A `Translator` on Whisper's weights."""

    def __init__(self, checkpoint: WhisperCheckpoint, settings: WhisperSettings) -> None:
        self._settings = settings
        self._tokenizer = WhisperTokenizer(checkpoint.dims.n_vocab)
        self._decoder = WhisperDecoder(checkpoint)
        with torch.inference_mode():
            self._hearing = Hearing(checkpoint, settings)
        self._sample_len = checkpoint.dims.n_text_ctx // 2

    @classmethod
    def from_checkpoint(
        cls, checkpoint: WhisperCheckpoint, settings: WhisperSettings | None = None
    ) -> "WhisperTranslator":
        """The translator with default settings unless told otherwise."""
        return cls(checkpoint, settings or WhisperSettings())

    @property
    def languages(self) -> frozenset[str]:
        """Whisper codes of the languages it hears."""
        return frozenset(self._tokenizer.languages)

    @torch.inference_mode()
    def init_source(self) -> SourceState:
        """State of a segment of which nothing was heard."""
        return self._hearing.init_state()

    @torch.inference_mode()
    def init_target(
        self, source: SourceState, task: Task, language: str, context: str
    ) -> TargetState:
        """A writer over `source`; raises ValueError for a language the model does not know."""
        translate = task is Task.TRANSLATE
        settings = self._settings
        return TargetState(
            source=source,
            prompt=self._tokenizer.prompt(task, language, context, settings.context_tokens),
            spaced=translate or language not in UNSPACED_LANGUAGES,
            tokens_per_s=(
                settings.translate_tokens_per_s if translate else settings.transcribe_tokens_per_s
            ),
            cache=self._decoder.init_cache(),
        )

    @torch.inference_mode()
    def encode(self, steps: Sequence[EncodeStep[SourceState]]) -> None:
        """Encode what is new in each segment."""
        if steps:
            self._hearing.encode(steps)

    @torch.inference_mode()
    def decode(self, steps: Sequence[DecodeStep[TargetState]]) -> list[Hypothesis]:
        """Continue each written prefix greedily; one hypothesis per step, in order.

        The first word that attends at or after `ask.before_ms` ends a hypothesis and belongs to it.
        """
        lanes = [self._open(step) for step in steps]
        active = [lane for lane in lanes if not lane.stopped]
        while active:
            self._advance(active)
            active = [lane for lane in active if not lane.stopped]
        for lane in lanes:
            lane.state.guessed = lane.word_tokens
        return [
            Hypothesis(tuple(lane.words), lane.ended, lane.state.no_speech) for lane in lanes
        ]

    def _open(self, step: DecodeStep[TargetState]) -> Lane:
        state = step.state
        for word in state.guessed[: step.accepted]:
            state.written.extend(word)
        state.guessed = []
        source = state.source
        seconds = source.samples / SOURCE_RATE_HZ
        budget = int(seconds * state.tokens_per_s) + self._settings.tokens_at_once
        budget = min(budget, self._sample_len) - len(state.written)
        forced = state.prompt + state.written
        state.cached = 0 if self._settings.reprefill else min(state.cached, len(forced) - 1)
        lane = Lane(
            state=state,
            ask=step.ask,
            believe_end=step.finished,
            cross=source.cross.seen(source.positions),
            budget=budget,
            feed=forced[state.cached :],
        )
        lane.stopped = budget <= 0 or step.ask.words <= 0 or source.positions == 0
        lane.ended = budget <= 0
        return lane

    def _advance(self, lanes: list[Lane]) -> None:
        """Run the fed tokens of each lane and choose its next one."""
        fed = self._decoder.feed(
            [
                Feed(lane.feed, lane.state.cached, lane.state.cache, lane.cross, self._heard(lane))
                for lane in lanes
            ]
        )
        scores = self._decoder.logits(torch.stack([rows.hidden[-1] for rows in fed]))
        for lane, rows in zip(lanes, fed, strict=True):
            state = lane.state
            sot = len(state.prompt) - 1 if len(state.prompt) < 4 else len(state.prompt) - 4
            if state.cached == 0 and not state.written:
                first = self._decoder.logits(rows.hidden[sot][None]).softmax(dim=1)
                state.no_speech = float(first[0, self._tokenizer.no_speech])
            state.cached += len(lane.feed)
        for lane, rows, row in zip(lanes, fed, scores, strict=True):
            self._choose(lane, row, rows.attention)

    def _heard(self, lane: Lane) -> int:
        return lane.state.source.heard

    def _choose(self, lane: Lane, scores: Tensor, attention: Tensor) -> None:
        """Take the best token: it ends the text, ends a word, or goes on with one."""
        tokenizer = self._tokenizer
        scores = scores.masked_fill(tokenizer.suppressed, -torch.inf)
        if not lane.text:
            scores[tokenizer.blank] = -torch.inf
            if lane.believe_end:
                scores[tokenizer.eot] = -torch.inf
        token = int(scores.argmax())
        if token == tokenizer.eot:
            self._close_word(lane)
            lane.ended = lane.stopped = True
            return
        if lane.open_tokens and (
            tokenizer.starts_word(token)
            if lane.state.spaced
            else tokenizer.is_whole_character(lane.open_tokens)
        ):
            self._close_word(lane)
            if lane.stopped:
                return
        lane.open_tokens.append(token)
        lane.logprobs.append(float(scores.log_softmax(dim=0)[token]))
        lane.attention.append(attention)
        lane.feed = [token]
        lane.budget -= 1
        looped = looped_tokens(lane.text)
        if looped or lane.budget == 0:
            self._cut(lane, looped)

    def _close_word(self, lane: Lane) -> None:
        if not lane.open_tokens:
            return
        place = int(torch.stack(lane.attention).mean(dim=0).argmax())
        probability = float(torch.tensor(lane.logprobs).mean().exp())
        word = Word(
            self._tokenizer.text(lane.open_tokens), probability, place * ENCODER_FRAME_MS
        )
        lane.words.append(word)
        lane.word_tokens.append(lane.open_tokens)
        lane.open_tokens, lane.logprobs, lane.attention = [], [], []
        before = lane.ask.before_ms
        lane.stopped = len(lane.words) >= lane.ask.words or (
            before is not None and word.attended_ms >= before
        )

    def _cut(self, lane: Lane, looped: int) -> None:
        """End a hypothesis that runs away; drop its last `looped` tokens."""
        looped -= len(lane.open_tokens)
        lane.open_tokens = []
        while looped > 0 and lane.word_tokens:
            looped -= len(lane.word_tokens.pop())
            lane.words.pop()
        lane.ended = lane.stopped = True
