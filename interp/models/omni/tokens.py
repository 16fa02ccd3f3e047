"""The text row's vocabulary: word pieces of all the languages of a model, in one table.

Kudo, Richardson: SentencePiece, arXiv 1808.06226.
"""

from collections.abc import Sequence
from pathlib import Path

from sentencepiece import SentencePieceProcessor

WORD_START = "\u2581"


class Tokens:
    """Text to ids and back."""

    def __init__(self, model: bytes) -> None:
        self._processor = SentencePieceProcessor(model_proto=model)
        self.count: int = self._processor.get_piece_size()
        pieces = [self._processor.id_to_piece(number) for number in range(self.count)]
        self._begins = [piece.startswith(WORD_START) for piece in pieces]

    def encode(self, text: str) -> tuple[int, ...]:
        """Ids of a text."""
        return tuple(self._processor.encode(text))

    def decode(self, ids: Sequence[int]) -> str:
        """The text of ids."""
        text: str = self._processor.decode(list(ids))
        return text

    def begins_word(self, token: int) -> bool:
        """Whether a word starts with this piece."""
        return self._begins[token]


def load_tokens(path: Path) -> Tokens:
    """Read a sentencepiece model; RuntimeError where it is none."""
    return Tokens(path.read_bytes())
