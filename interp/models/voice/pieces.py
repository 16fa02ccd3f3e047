"""Word pieces as a voice's symbols: a sentencepiece model in which blank and marks stand alone.

Kudo, Richardson: SentencePiece, arXiv 1808.06226.
"""

from collections.abc import Sequence
from pathlib import Path

from sentencepiece import SentencePieceProcessor

BLANK_PIECE = "\u2581"
"""How sentencepiece writes a blank."""


class Pieces:
    """symbols: every piece in the order of its ids, the blank first."""

    def __init__(self, model: bytes) -> None:
        self._processor = SentencePieceProcessor(model_proto=model)
        pieces = [self._processor.id_to_piece(i) for i in range(self._processor.get_piece_size())]
        if pieces[0] != BLANK_PIECE:
            raise ValueError("the first piece of a voice is the blank")
        self.symbols = (" ", *pieces[1:])

    def say(self, words: Sequence[str]) -> list[list[str]]:
        """Pieces of each word; joined they are the word."""
        said: list[list[str]] = self._processor.encode(list(words), out_type=str)
        return said


def load_pieces(path: Path) -> Pieces:
    """Read a sentencepiece model; raises RuntimeError or ValueError where it is none of ours."""
    return Pieces(path.read_bytes())
