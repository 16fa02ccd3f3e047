"""A student's vocabularies: text to tokens that know their words, and tokens to words."""

from collections.abc import Sequence
from dataclasses import dataclass

from interp.models.sentence_pieces import SentencePieces

LONGEST_ENDING = 2
"""Tokens of so few letters may be the inflection of a word."""

END = 0
"""The token that ends a sentence, on both sides."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """A source sentence. ids: its tokens, the end last. word_of: the word each token belongs to;
    the end belongs to none and counts as one after the last."""

    ids: tuple[int, ...]
    word_of: tuple[int, ...]


class Vocabulary:
    """One side of a student."""

    def __init__(self, pieces: SentencePieces) -> None:
        self._pieces = pieces
        self._starts = [pieces.starts_word(token) for token in range(pieces.size)]

    @property
    def size(self) -> int:
        """Tokens in all."""
        return self._pieces.size

    def read(self, words: Sequence[str]) -> Tokens:
        """The tokens of a sentence of these words, which hold no blanks."""
        text = " ".join(words)
        ends, end = [], -1
        for word in words:
            end += 1 + len(word)
            ends.append(end)
        ids, word_of, place = [], [], 0
        for token, last in self._pieces.encode(text):
            while place < len(ends) - 1 and last > ends[place]:
                place += 1
            ids.append(token)
            word_of.append(place)
        return Tokens((*ids, END), (*word_of, len(words)))

    def encode(self, text: str) -> list[int]:
        """The tokens of a text."""
        return [token for token, _ in self._pieces.encode(text)]

    def starts_word(self, token: int) -> bool:
        """Whether a blank stands before the token's text."""
        return self._starts[token]

    def grows(self, token: int) -> bool:
        """Whether the token makes another word of the one before it, and is no mere ending."""
        text = self._pieces.piece(token)
        return not self._starts[token] and len(text) > LONGEST_ENDING and text.isalpha()

    def text(self, tokens: Sequence[int]) -> str:
        """The text of a word's tokens, with a leading blank where one stands before it."""
        text = self._pieces.decode(tokens)
        return f" {text}" if tokens and self._starts[tokens[0]] else text
