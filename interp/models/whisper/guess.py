"""A hypothesis while it is decoded: which token comes next, where words end, and when to stop."""

import math
from dataclasses import dataclass, field

import torch
from torch import Tensor

from interp.core.audio import ENCODER_FRAME_MS
from interp.core.translator import Ask, Word
from interp.models.whisper.loops import looped_tokens
from interp.models.whisper.tokenizer import WhisperTokenizer


@dataclass(slots=True)
class OpenWord:
    """A word that may still grow. attention: [position] per token, over the audio."""

    tokens: list[int] = field(default_factory=list)
    logprobs: list[float] = field(default_factory=list)
    attention: list[Tensor] = field(default_factory=list)


@dataclass(slots=True)
class Guess:
    """written: forced text tokens. budget: text tokens that may still come.

    spaced: words are parted by spaces; otherwise every whole character is a word. believe_end: no
    more audio comes. words, tokens: the whole words and their tokens. following: what is likely to
    come after them. ended: end-of-text follows.
    """

    ask: Ask
    written: list[int]
    budget: int
    spaced: bool
    believe_end: bool
    words: list[Word] = field(default_factory=list)
    tokens: list[list[int]] = field(default_factory=list)
    open: OpenWord = field(default_factory=OpenWord)
    following: list[int] = field(default_factory=list)
    ended: bool = False
    stopped: bool = False

    def __post_init__(self) -> None:
        self.ended = self.budget <= 0
        self.stopped = self.ended or self.ask.words <= 0

    @property
    def text(self) -> list[int]:
        """All text tokens so far, forced and guessed."""
        return self.written + [token for word in self.tokens for token in word] + self.open.tokens


class Chooser:
    """Greedy choice under Whisper's rules for what may be written."""

    def __init__(self, tokenizer: WhisperTokenizer) -> None:
        self._tokenizer = tokenizer

    def take(self, guess: Guess, scores: Tensor, attention: Tensor) -> int:
        """Continue `guess` by the best token of scores [vocab]; returns the token.

        The token that shows that the last asked word is whole is looked at, not taken. attention:
        of the row that made the scores, [position]. Sets `guess.stopped` where nothing may follow.
        """
        tokenizer = self._tokenizer
        guess.following = []
        scores = self._allowed(guess, scores)
        token = int(scores.argmax())
        if token == tokenizer.eot:
            self._close_word(guess)
            guess.ended = guess.stopped = True
            return token
        if guess.open.tokens and self._is_whole(guess, token):
            self._close_word(guess)
            if guess.stopped:
                guess.following = [token]
                return token
        guess.open.tokens.append(token)
        guess.open.logprobs.append(float(scores[token] - scores.logsumexp(dim=0)))
        guess.open.attention.append(attention)
        guess.budget -= 1
        looped = looped_tokens(guess.text)
        if looped or guess.budget == 0:
            _end_early(guess, looped)
        return token

    def _allowed(self, guess: Guess, scores: Tensor) -> Tensor:
        """Scores without the tokens that are never written.

        As in Whisper a text cannot begin with a blank, nor with its end; but a segment that goes on
        may have nothing to write yet.
        """
        scores = scores.masked_fill(self._tokenizer.suppressed, -torch.inf)
        if not guess.written and not guess.tokens and not guess.open.tokens:
            scores[self._tokenizer.blank] = -torch.inf
            if guess.believe_end:
                scores[self._tokenizer.eot] = -torch.inf
        return scores

    def _is_whole(self, guess: Guess, following: int) -> bool:
        """Whether the open word cannot grow, given the token that follows it."""
        if guess.spaced:
            return self._tokenizer.starts_word(following)
        return self._tokenizer.is_whole_character(guess.open.tokens)

    def _close_word(self, guess: Guess) -> None:
        word = guess.open
        if not word.tokens:
            return
        place = int(torch.stack(word.attention).mean(dim=0).argmax())
        attended_ms = place * ENCODER_FRAME_MS
        probability = math.exp(sum(word.logprobs) / len(word.logprobs))
        guess.words.append(Word(self._tokenizer.text(word.tokens), probability, attended_ms))
        guess.tokens.append(word.tokens)
        guess.open = OpenWord()
        before_ms = guess.ask.before_ms
        guess.stopped = len(guess.words) >= guess.ask.words or (
            before_ms is not None and attended_ms >= before_ms
        )


def _end_early(guess: Guess, looped: int) -> None:
    """End a text that runs away: drop its open word and the words in its last `looped` tokens."""
    looped -= len(guess.open.tokens)
    guess.open = OpenWord()
    while looped > 0 and guess.tokens:
        looped -= len(guess.tokens.pop())
        guess.words.pop()
    guess.ended = guess.stopped = True
