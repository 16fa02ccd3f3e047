"""A SentencePiece model as small as a test's vocabulary; special tokens are those of students."""

import io

from sentencepiece import SentencePieceTrainer

SENTENCES = [
    "we vote on the new rules tomorrow, and the chair speaks",
    "the rules are new, few know them",
    "tomorrow the vote begins at ten",
    "on the vote we are sure to agree; people ask for more",
]
WORDS = [
    "a",
    "we",
    "on",
    "to",
    "at",
    "the",
    "new",
    "ten",
    "are",
    "few",
    "ask",
    "vote",
    "sure",
    "more",
    "rules",
    "begins",
]
"""Pieces of their own, so that about half of all tokens begin a word."""


def tiny_pieces(size: int) -> bytes:
    """The model's bytes; `size` pieces."""
    model = io.BytesIO()
    SentencePieceTrainer.train(
        sentence_iterator=iter(SENTENCES),
        model_writer=model,
        vocab_size=size,
        user_defined_symbols=[f"\u2581{word}" for word in WORDS],
        model_type="unigram",
        character_coverage=1.0,
        eos_id=0,
        unk_id=1,
        bos_id=-1,
        pad_id=-1,
        minloglevel=2,
    )
    return model.getvalue()
