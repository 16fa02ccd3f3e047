"""Word pieces as a voice's symbols: a SentencePiece model in which blank and marks stand alone."""

from collections.abc import Sequence
from pathlib import Path

from interp.models.sentence_pieces import BLANK, SentencePieces


class Pieces:
    """symbols: every piece in the order of its ids, the blank first."""

    def __init__(self, model: bytes) -> None:
        self._model = SentencePieces(model)
        pieces = [self._model.piece(token) for token in range(self._model.size)]
        if pieces[0] != BLANK:
            raise ValueError("the first piece of a voice is the blank")
        self.symbols = (" ", *pieces[1:])

    def say(self, words: Sequence[str]) -> list[list[str]]:
        """Pieces of each word; joined they are the word."""
        return self._model.split(words)


def load_pieces(path: Path) -> Pieces:
    """Read a SentencePiece model; raises RuntimeError or ValueError where it is none of ours."""
    return Pieces(path.read_bytes())
