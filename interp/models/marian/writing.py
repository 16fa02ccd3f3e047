"""A translation while it is written: which token comes next, where words end, and when to stop."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from interp.models.marian.outlook import Option, Outlook
from interp.models.marian.vocabulary import END, Tokens, Vocabulary

UNKNOWN = 1
"""The token for what the vocabulary lacks: never written."""


class Preference(Protocol):
    """What a text should say beside what the model thinks, such as the terms of a glossary."""

    @property
    def watched(self) -> Sequence[int]:
        """The tokens that it may raise: it needs to see what the model thinks of them."""

    def options(self, written: Sequence[int], outlook: Outlook) -> Sequence[Option]:
        """What may follow `written`, best first, with what is preferred raised."""


@dataclass(frozen=True, slots=True)
class TargetWord:
    """One whole word. text: with its leading space where it has one. probability: geometric mean
    over its tokens. reads: the last source word that one of its tokens attends to most; the number
    of source words where that is the sentence's end."""

    text: str
    probability: float
    reads: int


@dataclass(frozen=True, slots=True)
class Continuation:
    """Words after those written; ended: the sentence ends after them."""

    words: tuple[TargetWord, ...] = ()
    ended: bool = False


@dataclass(slots=True)
class OpenWord:
    """A word that may still grow: its tokens, their log probabilities, and what they attend to."""

    tokens: list[int] = field(default_factory=list)
    logprobs: list[float] = field(default_factory=list)
    reads: int = 0


@dataclass(slots=True)
class Draft:
    """A continuation under way.

    written: forced tokens. most_words: stop after so many. until: stop at the first word that
    reads this source word or a later one. budget: tokens that may still come.
    """

    written: list[int]
    source: Tokens
    most_words: int
    until: int | None
    budget: int
    preference: Preference | None = None
    words: list[TargetWord] = field(default_factory=list)
    tokens: list[list[int]] = field(default_factory=list)
    open: OpenWord = field(default_factory=OpenWord)
    following: list[int] = field(default_factory=list)
    ended: bool = False
    stopped: bool = False

    def __post_init__(self) -> None:
        self.ended = self.budget <= 0
        self.stopped = self.ended or self.most_words <= 0

    @property
    def text(self) -> list[int]:
        """All tokens so far, forced and guessed."""
        return self.written + [token for word in self.tokens for token in word] + self.open.tokens


class Chooser:
    """Greedy choice. spaced: words are parted by spaces; else every token of text is a word."""

    def __init__(self, vocabulary: Vocabulary, *, spaced: bool) -> None:
        self._vocabulary, self._spaced = vocabulary, spaced

    def take(self, draft: Draft, outlook: Outlook) -> int:
        """Continue `draft` by the best token; returns the token.

        The token that shows that the last word asked for is whole is looked at, not taken.
        """
        draft.following = []
        best = options(draft.preference, draft.text, outlook)[0]
        return self.add(draft, best.token, best.logprob, most_attended(outlook.attention))

    def add(self, draft: Draft, token: int, logprob: float, place: int) -> int:
        """Continue `draft` by this token, which attends to the source token at `place` most."""
        if token == END:
            self._close(draft)
            draft.ended = draft.stopped = True
            return token
        if draft.open.tokens and self._begins(token):
            self._close(draft)
            if draft.stopped:
                draft.following = [token]
                return token
        word = draft.open
        word.tokens.append(token)
        word.logprobs.append(logprob)
        word.reads = max(word.reads, draft.source.word_of[place])
        draft.budget -= 1
        if draft.budget == 0:
            draft.open = OpenWord()
            draft.ended = draft.stopped = True
        return token

    def _begins(self, token: int) -> bool:
        return not self._spaced or self._vocabulary.starts_word(token)

    def _close(self, draft: Draft) -> None:
        word, draft.open = draft.open, OpenWord()
        if not word.tokens:
            return
        probability = math.exp(sum(word.logprobs) / len(word.logprobs))
        text = self._vocabulary.text(word.tokens)
        draft.words.append(TargetWord(text, probability, word.reads))
        draft.tokens.append(word.tokens)
        draft.stopped = len(draft.words) >= draft.most_words or (
            draft.until is not None and word.reads >= draft.until
        )


def options(
    preference: Preference | None, text: Sequence[int], outlook: Outlook
) -> Sequence[Option]:
    """What may follow a text, best first."""
    return preference.options(text, outlook) if preference else outlook.seen.best


def most_attended(attention: Sequence[float]) -> int:
    """The source token that a row attends to most."""
    return max(range(len(attention)), key=attention.__getitem__)
