"""Written words become words of plain letters, and a mark."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interp.models.voice.english import cardinal, ordinal, spelling
from interp.models.voice.pronouncer import LETTERS
from interp.models.voice.spelling import MARKS


@pytest.mark.parametrize(
    ("written", "spoken", "mark"),
    [
        (" Hello,", "hello", ","),
        ("don't", "don't", ""),
        ("don\u2019t.", "don't", "."),
        ("well-known", "well known", ""),
        ('(really?)"', "really", "?"),
        ("1,250th,", "one thousand two hundred fiftieth", ","),
        ("1984.", "nineteen eighty four", "."),
        ("1905", "nineteen oh five", ""),
        ("1900", "nineteen hundred", ""),
        ("2005", "two thousand five", ""),
        ("2024", "twenty twenty four", ""),
        ("$3.50", "three point five zero dollars", ""),
        ("20%", "twenty percent", ""),
        ("007", "zero zero seven", ""),
        ("3,000,000", "three million", ""),
        ("EU", "ee you", ""),
        ("HTML", "aitch tee em ell", ""),
        ("NATO", "nato", ""),
        ("Dr.", "doctor", ""),
        ("caf\u00e9", "cafe", ""),
        ("\u65e5\u672c", "", ""),
        ("\u2026", "", "."),
    ],
)
def test_words_as_they_are_spoken(written: str, spoken: str, mark: str) -> None:
    found = spelling(written)
    assert (" ".join(found.words), found.mark) == (spoken, mark)


@settings(deadline=None)
@given(st.text(max_size=30))
def test_anything_becomes_letters_and_a_mark(written: str) -> None:
    found = spelling(written)
    assert all(word and set(word) <= set(LETTERS) for word in found.words)
    assert found.mark == "" or found.mark in MARKS


@settings(deadline=None)
@given(st.integers(0, 10**12 - 1))
def test_every_number_has_words(number: int) -> None:
    assert all(word.isalpha() for word in cardinal(number))
    assert ordinal(number)[-1].endswith(("th", "st", "nd", "rd"))


def test_only_full_stops_and_their_kind_end_a_sentence() -> None:
    assert [spelling(f"so{mark}").ends_sentence for mark in ".?!,;:"] == [True] * 3 + [False] * 3
