"""One session's decode in a batch: the tokens it runs next, its search, and what comes of it."""

import math
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import torch
from torch import Tensor

from interp.core.audio import ENCODER_FRAME_MS, SOURCE_RATE_HZ
from interp.core.translator import DecodeStep, Hypothesis, Word
from interp.models.whisper.decoder import Fed, Feed, WhisperDecoder
from interp.models.whisper.hearing import SourceState
from interp.models.whisper.search import Choice, Doubt, Path, Search
from interp.models.whisper.settings import WhisperSettings
from interp.models.whisper.times import Alignment, Located, located
from interp.models.whisper.tokenizer import WhisperTokenizer

DRAFT_TOKENS = 16
"""A draft is at most this long: what comes later of a guess seldom stays."""
WORDS_AFTER = 2
"""Where a word ends shows by what follows it: the first of a text, with nothing after it, seems to
last for all that was heard. So many words after a word are run before it is called late."""
HEARD_STRENGTH = 0.22
"""Mean strength of attention from which a stretch of text that repeats is believed to be said."""


@dataclass(frozen=True, slots=True)
class Guessed:
    """A word of a hypothesis: its tokens, and the frame of the audio at which each of them ends."""

    word: Word
    tokens: tuple[int, ...]
    ends: tuple[int, ...]


@dataclass(slots=True)
class TargetState:
    """One writer: the forced tokens, and the words last guessed after them.

    prompt: tokens before the text. written: forced text tokens; ends: the frame at which each of
    them ends. guessed: the words of the last hypothesis. following: tokens that are likely to come
    after them. cached: how many of the forced tokens `cache` holds. translates: into another
    language. waits: the cache is that of the decoder that was taught to wait.
    """

    source: SourceState
    prompt: list[int]
    spaced: bool
    tokens_per_s: float
    cache: Tensor
    written: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    guessed: tuple[Guessed, ...] = ()
    following: tuple[int, ...] = ()
    cached: int = 0
    no_speech: float = 0.0
    translates: bool = False
    waits: bool = False


Turn: TypeAlias = Generator[Alignment, Located, None]
"""How a lane goes on: it asks where words were said."""


def finish(turns: Sequence[Turn]) -> None:
    """Let lanes go on to the ends of their turns; what they ask is looked up for all at once."""
    asking = [(turn, asked) for turn in turns if (asked := next(turn, None))]
    while asking:
        answers = located([asked for _, asked in asking])
        going = [
            (turn, _sent(turn, answer)) for (turn, _), answer in zip(asking, answers, strict=True)
        ]
        asking = [(turn, asked) for turn, asked in going if asked]


def _sent(turn: Turn, answer: Located) -> Alignment | None:
    try:
        return turn.send(answer)
    except StopIteration:
        return None


class Lane:
    """A decode of one target state, which changes only when `close` is called.

    width: most texts followed side by side. no_speech: the probability that there is no speech.
    waits: its decoder is the one that was taught to wait.
    """

    def __init__(
        self,
        step: DecodeStep[TargetState],
        settings: WhisperSettings,
        decoder: WhisperDecoder,
        tokenizer: WhisperTokenizer,
        *,
        waits: bool = False,
    ) -> None:
        self._ask, self._finished, self._state = step.ask, step.finished, step.state
        self._settings, self._decoder, self._tokenizer = settings, decoder, tokenizer
        state, source = step.state, step.state.source
        assert 0 <= step.accepted <= len(state.guessed), "accepted words are of the last hypothesis"
        accepted, left = state.guessed[: step.accepted], state.guessed[step.accepted :]
        self._written = state.written + [t for guess in accepted for t in guess.tokens]
        self._ends = state.ends + [end for guess in accepted for end in guess.ends]
        self._likely = (*(t for guess in left for t in guess.tokens), *state.following)
        budget = int(source.samples / SOURCE_RATE_HZ * state.tokens_per_s)
        budget = min(budget + settings.tokens_at_once, decoder.dims.n_text_ctx // 2)
        self.width, self.no_speech = step.ask.beams, state.no_speech
        self._search = Search[Tensor](self._written, budget - len(self._written), self.width)
        forced = state.prompt + self._written
        self._waits = waits
        cached = state.cached if state.waits == waits else 0  # else it is of the other decoder
        self._first = min(cached, max(0, len(forced) - settings.refreshed_tokens))
        self._plain = self._first == 0
        self._pending = [forced[self._first :]]
        self._draft = list(self._likely[:DRAFT_TOKENS]) if self.width == 1 else []
        self._cache, self._cross = state.cache, source.cross.seen(source.positions)
        self._forced_attention: list[Tensor] = []
        self._enough = False
        asked = step.ask.words > 0 and source.positions > 0
        self.stopped = self._search.stopped or not asked

    @property
    def begins(self) -> bool:
        """Whether the next token is the first of a text."""
        return not self._written and not self._search.alive[0].tokens

    @property
    def may_end(self) -> bool:
        """A segment that is over has something to say; one that goes on may have nothing yet."""
        return not (self.begins and self._finished)

    @property
    def progress(self) -> tuple[object, ...] | None:
        """Where this decode is: what decides what comes of its next run. Alike in another, they
        are alike in every bit; None where it has run anything that others would not have."""
        if not self._plain:
            return None
        audio, last = self._cross.data.data_ptr(), self._cross.data.shape[3]
        text = (*self._state.prompt, *self._written), tuple(self._draft)
        paths = tuple(path.tokens for path in self._search.alive)
        return audio, last, text, paths, self.begins, self.may_end

    @property
    def rows(self) -> int:
        """How many rows choose a token: one of each path, and one for each drafted token."""
        return len(self._pending) + len(self._draft)

    def feed(self) -> Feed:
        """What to run."""
        return Feed(
            tokens=[[*row, *self._draft] for row in self._pending],
            first=self._first,
            cache=self._cache,
            cross=self._cross,
            heard=self._state.source.heard,
        )

    def choosing(self, fed: Fed) -> Tensor:
        """The rows that choose, [row, dim]."""
        return fed.hidden[:, -1 - len(self._draft) :].flatten(0, 1)

    def start(self, fed: Fed) -> Tensor | None:
        """The row of start-of-transcript, [1, dim], which says whether there is speech; None where
        it was not run or something is written."""
        row = self._state.prompt.index(self._tokenizer.sot) - self._first
        return fed.hidden[0, row : row + 1] if self.begins and row >= 0 else None

    def take(self, choices: Sequence[Sequence[Choice]], fed: Fed) -> Turn:
        """Go on by what each of the rows that choose would have follow."""
        attention = list(fed.attention[:, -1 - len(self._draft) :].flatten(0, 1))
        run = len(self._pending[0])
        if not self._search.alive[0].tokens:
            known = min(run - 1, len(self._written))
            self._forced_attention = list(fed.attention[0, run - 1 - known : run - 1])
        drafted, self._draft = self._draft, []
        self._plain = self._plain and not drafted
        self._first += run
        if not drafted:
            yield from self._follow(choices, attention)
            return
        for number, row in enumerate(choices):
            yield from self._follow([row], [attention[number]])
            if self.stopped or [drafted[number : number + 1]] != self._pending:
                return
            self._first += 1

    def alignment(self) -> Alignment | None:
        """What tells where the words found were said; None where there are none."""
        path = self._path()
        return self._alignment(path) if self._places(path) else None

    def close(self, ends: Sequence[int] = ()) -> Hypothesis:
        """Make what was found the state's own. ends: of the tokens of `alignment`."""
        state, path = self._state, self._path()
        found = self._words(path, ends)
        words = self._asked(found)
        if not self._believed(words):
            nothing: Path[Tensor] = Path(ended=path.ended)
            path, found, words = nothing, (), ()
        taken = sum(len(guess.tokens) for guess in words)
        ran = bool(path.attention) or path.ended
        state.written, state.ends, state.guessed = self._written, self._ends, words
        state.following = path.tokens[taken:] if ran else self._likely
        state.no_speech = self.no_speech
        state.cached, state.waits = self._first, self._waits
        if self._cache is not state.cache:
            state.cached = len(state.prompt) + len(self._written)
        ended = path.ended or (self._search.budget <= 0 and not self._enough)
        ended = ended and len(words) == len(found)
        return Hypothesis(tuple(guess.word for guess in words), ended)

    def _believed(self, words: Sequence[Guessed]) -> bool:
        """Whether a text that these words begin is one of speech; always, once text is written."""
        if self._written or not words or self.no_speech <= self._settings.no_speech_probability:
            return True
        mean = sum(guess.word.probability for guess in words) / len(words)
        return mean >= self._settings.least_probability

    def _follow(self, choices: Sequence[Sequence[Choice]], attention: Sequence[Tensor]) -> Turn:
        """One step of the search; the cache follows the paths that it goes on with."""
        search = self._search
        advance = search.advance(choices, attention, self._tokenizer.eot)
        places = yield from self._believing(advance)
        self._enough = yield from self._has_enough()
        self.stopped = search.stopped or self._enough
        if self.stopped:
            return
        self._pending = [[path.tokens[-1]] for path in search.alive]
        if self._cache is self._state.cache:
            if self.width > 1:
                self._cache = self._decoder.init_cache(len(places), self._first + search.budget + 1)
                shared = self._state.cache[:, :, :, :, : self._first]
                self._cache[:, :, :, :, : self._first] = shared
        elif places != list(range(self._cache.shape[2])):
            own = slice(len(self._state.prompt) + len(self._written), self._first)
            moved = self._cache[:, :, places, :, own]
            self._cache = self._cache[:, :, : len(places)]
            self._cache[:, :, :, :, own] = moved

    def _believing(
        self, advance: Generator[Doubt[Tensor], int, list[int]]
    ) -> Generator[Alignment, Located, list[int]]:
        """What a step of the search gives, told how much of what repeats itself was said: all up to
        the first stretch that does not follow the audio."""
        try:
            doubt = next(advance)
            while True:
                found = yield replace(self._alignment(doubt.path), weighed=True)
                before = len(self._written) + len(doubt.path.tokens) - len(found.strengths)
                doubt = advance.send(_followed(doubt.again, found.strengths, before))
        except StopIteration as done:
            places: list[int] = done.value
            return places

    def _has_enough(self) -> Generator[Alignment, Located, bool]:
        """Whether the best path holds what was asked for: as many words, or one at the limit."""
        if not self._search.alive:
            return False
        path = self._search.alive[0]
        words = self._places(path)
        if not words or words[-1].stop != len(path.tokens) - 1:
            return False  # no word was closed by the newest token
        limit = self._ask.before_ms
        if len(words) >= self._ask.words or limit is None:
            return len(words) >= self._ask.words
        if len(words) <= WORDS_AFTER:
            return False
        found = yield self._alignment(path)
        ends = self._placed(found.ends)
        return ends[words[-1 - WORDS_AFTER].stop - 1] * ENCODER_FRAME_MS >= limit

    def _path(self) -> Path[Tensor]:
        return self._search.alive[0] if self._enough else self._search.best

    def _places(self, path: Path[Tensor]) -> list[range]:
        """Where the tokens of each whole word are: of words parted by blanks, or of characters."""
        found: list[range] = []
        begin = 0
        for end in range(1, len(path.tokens)):
            if self._state.spaced:
                whole = self._tokenizer.starts_word(path.tokens[end])
            else:
                whole = self._tokenizer.is_whole_character(list(path.tokens[begin:end]))
            if whole:
                found.append(range(begin, end))
                begin = end
        return [*found, range(begin, len(path.tokens))] if path.ended and path.tokens else found

    def _words(self, path: Path[Tensor], ends: Sequence[int]) -> tuple[Guessed, ...]:
        places = self._places(path)
        if not places:
            return ()
        ends = self._placed(ends)
        guessed = []
        for place in places:
            tokens = path.tokens[place.start : place.stop]
            logprobs = path.logprobs[place.start : place.stop]
            word = Word(
                text=self._tokenizer.text(list(tokens)),
                probability=math.exp(sum(logprobs) / len(logprobs)),
                attended_ms=ends[place.stop - 1] * ENCODER_FRAME_MS,
            )
            guessed.append(Guessed(word, tokens, tuple(ends[place.start : place.stop])))
        return tuple(guessed)

    def _asked(self, words: tuple[Guessed, ...]) -> tuple[Guessed, ...]:
        """Without those that were only run to place the ones before them."""
        limit = self._ask.before_ms
        if limit is None:
            return words
        late = (n for n, one in enumerate(words, 1) if (one.word.attended_ms or 0) >= limit)
        return words[: next(late, len(words))]

    def _placed(self, ends: Sequence[int]) -> list[int]:
        """Those of the tokens that are not forced; not before what is written."""
        least = self._ends[-1] if self._ends else 0
        return [max(end, least) for end in ends[len(self._forced_attention) :]]

    def _alignment(self, path: Path[Tensor]) -> Alignment:
        """Of the forced tokens that were run and of those that follow."""
        before = self._ends[: len(self._ends) - len(self._forced_attention)]
        rows = torch.stack([*self._forced_attention, *path.attention])
        return Alignment(rows, before[-1] if before else 0)


def _followed(again: Sequence[range], strengths: Sequence[float], before: int) -> int:
    """How many of these stretches of a text follow the audio, one after the other. strengths: of
    the tokens that come after so many."""
    for number, stretch in enumerate(again):
        heard = strengths[max(0, stretch.start - before) : max(0, stretch.stop - before)]
        if heard and sum(heard) / len(heard) < HEARD_STRENGTH:
            return number
    return len(again)
