"""A SentencePiece model as small as a test's vocabulary: `</s>` 0, `<unk>` 1, as the students have."""

import io

from sentencepiece import SentencePieceTrainer

SENTENCES = [
    "we vote on the new rules tomorrow",
    "the rules are new",
    "tomorrow the vote",
    "on the vote we are new",
]


def tiny_pieces(size: int) -> bytes:
    """The model's bytes; `size` pieces."""
    model = io.BytesIO()
    SentencePieceTrainer.train(
        sentence_iterator=iter(SENTENCES),
        model_writer=model,
        vocab_size=size,
        model_type="unigram",
        character_coverage=1.0,
        eos_id=0,
        unk_id=1,
        bos_id=-1,
        pad_id=-1,
        minloglevel=2,
    )
    return model.getvalue()
