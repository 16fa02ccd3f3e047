"""A SentencePiece model (Kudo, Richardson: arXiv 1808.06226).

The only file that imports the package at run time.
"""

from collections.abc import Sequence

from sentencepiece import SentencePieceProcessor

BLANK = "\u2581"
"""How SentencePiece writes a blank."""


class SentencePieces:
    """model: the bytes of its file; RuntimeError where they are none."""

    def __init__(self, model: bytes) -> None:
        self._processor = SentencePieceProcessor(model_proto=model)

    @property
    def size(self) -> int:
        """Pieces in all."""
        size: int = self._processor.get_piece_size()
        return size

    def piece(self, token: int) -> str:
        """A piece as the model writes it."""
        piece: str = self._processor.id_to_piece(token)
        return piece

    def starts_word(self, token: int) -> bool:
        """Whether a piece begins with a blank."""
        return self.piece(token).startswith(BLANK)

    def split(self, texts: Sequence[str]) -> list[list[str]]:
        """The pieces of each text."""
        pieces: list[list[str]] = self._processor.encode(list(texts), return_type=str)
        return pieces

    def encode(self, text: str) -> list[tuple[int, int]]:
        """Tokens of a text, each with where it ends, in characters of the text as given."""
        found = self._processor.encode(text, return_type="offset_mapping")
        ends = [end for _, end in found["offsets"]]
        return list(zip(found["ids"], ends, strict=True))

    def decode(self, tokens: Sequence[int]) -> str:
        """The text of tokens; a blank before the first is left out."""
        text: str = self._processor.decode(list(tokens))
        return text
