"""Letters to symbols, in a language that is known."""

import pytest

from interp.models.voice.front import SPELLINGS, Reading, SpelledFront
from tests.models.voice.tiny import tiny_front, tiny_pronouncer


def test_a_word_is_read_with_its_mark() -> None:
    assert tiny_front().read(["head,", "egg."]) == [
        Reading(("h", "e", "a", "d", ","), ends_sentence=False),
        Reading(("e", "g", "g", "."), ends_sentence=True),
    ]


def test_a_word_spelled_out_to_several_has_blanks_between() -> None:
    class Reader:
        def say(self, words: list[str]) -> list[str]:
            """As Reader: the first letter of each."""
            return [word[0] for word in words]

    (reading,) = SpelledFront("en", Reader()).read(["21st"])  # type: ignore[arg-type]
    assert reading.symbols == ("t", " ", "f")


def test_what_cannot_be_spoken_has_no_symbols() -> None:
    assert tiny_front().read(["(", "head"])[0] == Reading((), ends_sentence=False)


def test_a_language_without_spelling_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=f"no voice reads xx; known: .*{next(iter(SPELLINGS))}"):
        SpelledFront("xx", tiny_pronouncer())
