"""The text row's vocabulary: word pieces of all the languages of a model, in one table.

Ours are SentencePiece's, mini-omni's are Qwen2's byte pairs.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from tokenizers import Tokenizer

from interp.models.sentence_pieces import SentencePieces

BYTE_BLANK = "\u0120"
"""How byte pairs write a blank."""
PIECES, BYTE_PAIRS = "pieces.model", "tokenizer.json"


class Vocabulary(Protocol):
    """Text to ids and back. count: of ids that text can have."""

    count: int

    def encode(self, text: str) -> tuple[int, ...]:
        """Ids of a text."""

    def decode(self, ids: Sequence[int]) -> str:
        """The text of ids."""

    def begins_word(self, token: int) -> bool:
        """Whether a word starts with this piece."""


class Tokens:
    """A `Vocabulary` of SentencePiece's."""

    def __init__(self, pieces: SentencePieces) -> None:
        self._pieces = pieces
        self.count = pieces.size

    def encode(self, text: str) -> tuple[int, ...]:
        """As Vocabulary.encode."""
        return tuple(token for token, _ in self._pieces.encode(text))

    def decode(self, ids: Sequence[int]) -> str:
        """As Vocabulary.decode."""
        return self._pieces.decode(ids)

    def begins_word(self, token: int) -> bool:
        """As Vocabulary.begins_word."""
        return self._pieces.starts_word(token)


class BytePairs:
    """A `Vocabulary` of a byte-level tokenizer.json, such as Qwen2's."""

    def __init__(self, path: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(path))
        self.count = self._tokenizer.get_vocab_size()

    def encode(self, text: str) -> tuple[int, ...]:
        """As Vocabulary.encode; adds no marks of begin or end."""
        return tuple(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def decode(self, ids: Sequence[int]) -> str:
        """As Vocabulary.decode."""
        text: str = self._tokenizer.decode(list(ids))
        return text

    def begins_word(self, token: int) -> bool:
        """As Vocabulary.begins_word."""
        return (self._tokenizer.id_to_token(token) or "").startswith(BYTE_BLANK)


def vocabulary_file(folder: Path) -> Path:
    """Where a folder has its vocabulary. Raises FileNotFoundError where it has none."""
    for name in (PIECES, BYTE_PAIRS):
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(f"{folder} has neither {PIECES} nor {BYTE_PAIRS}")


def load_tokens(path: Path) -> Vocabulary:
    """A SentencePiece model, or a tokenizer.json; RuntimeError, ValueError where it is neither."""
    if path.suffix == ".json":
        return BytePairs(path)
    return Tokens(SentencePieces(path.read_bytes()))
