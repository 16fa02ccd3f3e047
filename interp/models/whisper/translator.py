"""Streaming speech translation by Whisper: encode what is new, continue the written prefix.

What was guessed last time after the words now written is run along with them as a draft: as far as
the model still chooses the same tokens, one pass gives them all (speculative decoding, Leviathan et
al. 2023, with the last hypothesis as the draft). The result is that of one token at a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from interp.core.audio import SOURCE_RATE_HZ
from interp.core.translator import Abilities, DecodeStep, EncodeStep, Hypothesis, Pair, Word
from interp.models.whisper.checkpoint import WhisperCheckpoint
from interp.models.whisper.decoder import Fed, Feed, WhisperDecoder
from interp.models.whisper.encoder import Seen
from interp.models.whisper.guess import Chooser, Guess
from interp.models.whisper.hearing import Hearing, SourceState
from interp.models.whisper.settings import WhisperSettings
from interp.models.whisper.tokenizer import ENGLISH, UNSPACED_LANGUAGES, Task, WhisperTokenizer

DRAFT_TOKENS = 16
"""A draft is at most this long: what comes later of a guess seldom stays."""


@dataclass(slots=True)
class TargetState:
    """One writer: the forced tokens, and the words last guessed after them.

    prompt: tokens before the text. written: forced text tokens. guessed: the tokens of each word of
    the last hypothesis. following: tokens that are likely to come after them. cached: how many of
    the forced tokens `cache` holds.
    """

    source: SourceState
    prompt: list[int]
    spaced: bool
    tokens_per_s: float
    cache: Tensor
    written: list[int] = field(default_factory=list)
    guessed: list[list[int]] = field(default_factory=list)
    following: list[int] = field(default_factory=list)
    cached: int = 0
    no_speech: float = 0.0


@dataclass(slots=True)
class Lane:
    """One decode: the guess, what it sees of the audio, the tokens to run next, and those that may
    come after them."""

    state: TargetState
    guess: Guess
    cross: Seen
    pending: list[int]
    draft: list[int]


class WhisperTranslator:
    """A `Translator` on Whisper's weights."""

    abilities = Abilities(attention=True)

    def __init__(self, checkpoint: WhisperCheckpoint, settings: WhisperSettings) -> None:
        self._settings = settings
        self.decoder = WhisperDecoder(checkpoint, half=settings.half)
        self.tokenizer = WhisperTokenizer(checkpoint.dims.n_vocab, self.decoder.device)
        self._chooser = Chooser(self.tokenizer)
        self._most_tokens = checkpoint.dims.n_text_ctx // 2
        with torch.inference_mode():
            self._hearing = Hearing(checkpoint, settings)

    @classmethod
    def from_checkpoint(
        cls,
        checkpoint: WhisperCheckpoint,
        settings: WhisperSettings | None = None,
        device: torch.device | None = None,
    ) -> "WhisperTranslator":
        """The translator, with default settings and on the CPU unless told otherwise."""
        checkpoint = checkpoint.to(device) if device else checkpoint
        return cls(checkpoint, settings or WhisperSettings())

    @property
    def pairs(self) -> frozenset[Pair]:
        """Every language the model hears, into English and into itself."""
        return frozenset(Pair(a, b) for a in self.tokenizer.languages for b in (a, ENGLISH))

    @torch.inference_mode()
    def init_source(self) -> SourceState:
        """State of a segment of which nothing was heard."""
        return self._hearing.init_state()

    @torch.inference_mode()
    def init_target(
        self, source: SourceState, source_language: str, target_language: str, context: str
    ) -> TargetState:
        """A writer over `source`; ValueError for a pair that the model does not know."""
        translate = source_language != target_language
        if translate and target_language != ENGLISH:
            raise ValueError(f"the model does not translate into {target_language!r}")
        task = Task.TRANSLATE if translate else Task.TRANSCRIBE
        settings = self._settings
        return TargetState(
            source=source,
            prompt=self.tokenizer.prompt(task, source_language, context, settings.context_tokens),
            spaced=target_language not in UNSPACED_LANGUAGES,
            tokens_per_s=(
                settings.translate_tokens_per_s if translate else settings.transcribe_tokens_per_s
            ),
            cache=self.decoder.init_cache(),
        )

    @torch.inference_mode()
    def encode(self, steps: Sequence[EncodeStep[SourceState]]) -> None:
        """Encode what is new in each segment; ValueError where one outgrows the model's window."""
        if steps:
            self._hearing.encode(steps)

    @torch.inference_mode()
    def decode(self, steps: Sequence[DecodeStep[TargetState]]) -> list[Hypothesis]:
        """Continue each written prefix greedily; one hypothesis per step, in order.

        The first word that attends at or after `ask.before_ms` ends a hypothesis and belongs to it.
        States change at the very end, so that a decode that failed may be run again.
        """
        lanes = [self._open(step) for step in steps]
        running = [lane for lane in lanes if not lane.guess.stopped]
        while running:
            self._advance(running)
            running = [lane for lane in running if not lane.guess.stopped]
        for lane in lanes:
            lane.state.written, lane.state.guessed = lane.guess.written, lane.guess.tokens
            lane.state.following = lane.guess.following
        return [Hypothesis(self._believed(lane), lane.guess.ended) for lane in lanes]

    def _believed(self, lane: Lane) -> tuple[Word, ...]:
        """The guessed words, or none where they begin a text that is hardly one of speech."""
        words = lane.guess.words
        if lane.guess.written or not words:
            return tuple(words)
        mean = sum(word.probability for word in words) / len(words)
        silent = lane.state.no_speech > self._settings.no_speech_probability
        return () if silent and mean < self._settings.least_probability else tuple(words)

    def _open(self, step: DecodeStep[TargetState]) -> Lane:
        state, source = step.state, step.state.source
        assert 0 <= step.accepted <= len(state.guessed), "accepted words are of the last hypothesis"
        written = state.written + _joined(state.guessed[: step.accepted])
        draft = _joined(state.guessed[step.accepted :]) + state.following
        budget = int(source.samples / SOURCE_RATE_HZ * state.tokens_per_s)
        budget = min(budget + self._settings.tokens_at_once, self._most_tokens)
        guess = Guess(
            ask=step.ask,
            written=written,
            budget=budget - len(written),
            spaced=state.spaced,
            believe_end=step.finished,
            following=draft,
        )
        guess.stopped = guess.stopped or source.positions == 0
        forced = state.prompt + written
        state.cached = min(state.cached, max(0, len(forced) - self._settings.refreshed_tokens))
        cross = source.cross.seen(source.positions)
        return Lane(state, guess, cross, forced[state.cached :], draft[:DRAFT_TOKENS])

    def _advance(self, lanes: list[Lane]) -> None:
        """Run the pending tokens and the draft of each lane and let it choose the next ones."""
        fed = self.decoder.feed(
            [
                Feed(
                    tokens=lane.pending + lane.draft,
                    first=lane.state.cached,
                    read=1 + len(lane.draft),
                    cache=lane.state.cache,
                    cross=lane.cross,
                    heard=lane.state.source.heard,
                )
                for lane in lanes
            ]
        )
        counts = [1 + len(lane.draft) for lane in lanes]
        rows = [one.hidden[-count:] for one, count in zip(fed, counts, strict=True)]
        scores = torch.split(self.decoder.logits(torch.cat(rows)), counts)
        for lane, one, row in zip(lanes, fed, scores, strict=True):
            self._note_no_speech(lane, one)
            self._choose(lane, row, one.attention)

    def _choose(self, lane: Lane, scores: Tensor, attention: Tensor) -> None:
        """Take tokens as long as they are those of the draft, and one more.

        scores [draft + 1, vocab], attention [draft + 1, position].
        """
        token = self._chooser.take(lane.guess, scores[0], attention[0])
        run = len(lane.pending)
        for number, drafted in enumerate(lane.draft, start=1):
            if lane.guess.stopped or token != drafted:
                break
            token = self._chooser.take(lane.guess, scores[number], attention[number])
            run += 1
        lane.state.cached += run
        lane.pending, lane.draft = [token], []

    def _note_no_speech(self, lane: Lane, fed: Fed) -> None:
        """Keep what Whisper says at start-of-transcript, while nothing is written."""
        state = lane.state
        row = state.prompt.index(self.tokenizer.sot) - state.cached
        if row >= 0 and not lane.guess.written:
            scores = self.decoder.logits(fed.hidden[row : row + 1])[0].softmax(dim=0)
            state.no_speech = float(scores[self.tokenizer.no_speech])


def _joined(words: Sequence[list[int]]) -> list[int]:
    return [token for word in words for token in word]
