"""Words for a pronouncer from the pieces of a translation model."""

from interp.models.voice import portuguese
from training.speaker.words import whole_words, words_of


def test_whole_words_of_the_language_are_kept_and_parts_of_words_are_not() -> None:
    pieces = ["▁Casa", "▁não", "ção", "▁de", "▁naïve", "▁2024", "▁casa"]
    assert whole_words(pieces, portuguese.LETTERS) == ["casa", "não"]


def test_words_of_sentences_are_spelled_out() -> None:
    assert words_of(["São 2 casas.", "São."], portuguese.spelling) == {"são", "dois", "casas"}
