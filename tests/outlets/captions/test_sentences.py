import pytest
from hypothesis import given
from hypothesis import strategies as st

from interp.outlets.captions.sentences import sentence_ends


def ending(text: str, language: str = "en") -> list[str]:
    """The words that end a sentence."""
    words = [f" {word}" for word in text.split()]
    return [words[at].strip() for at in sorted(sentence_ends(words, language))]


@pytest.mark.parametrize(
    ("language", "text", "ends"),
    [
        ("en", "It rains. We stay here.", ["rains.", "here."]),
        ("en", "Why? Because! Well.", ["Why?", "Because!", "Well."]),
        ("en", "Mr. Smith met Dr. Jones.", ["Jones."]),
        ("en", "It costs 3.5 dollars today.", ["today."]),
        ("en", "We met at 5 p.m. and talked.", ["talked."]),
        ("en", "one without an end", ["end"]),
        ("fr", "M. Dupont est là. Il attend.", ["là.", "attend."]),
        ("fr", "Oui. M. Dupont est là.", ["Oui.", "là."]),
        ("es", "D. Quijote viene. Por fin.", ["viene.", "fin."]),
        ("de", "Das kostet z. B. zehn Euro. Gut.", ["Euro.", "Gut."]),
        ("es", "El Sr. García viene. ¿Cuándo? Hoy.", ["viene.", "¿Cuándo?", "Hoy."]),
    ],
)
def test_sentences_end_at_their_stops_and_abbreviations_do_not(
    language: str, text: str, ends: list[str]
) -> None:
    assert ending(text, language) == ends


def test_sentences_without_spaces_between_them_end_at_their_stops() -> None:
    text = "今天很好。我们走吧！好。"
    assert [text[at] for at in sorted(sentence_ends(list(text), "zh"))] == ["。", "！", "。"]


@given(st.lists(st.text("abAB.?!,", min_size=1, max_size=6), min_size=1, max_size=20))
def test_the_last_word_always_ends_one_and_a_small_letter_begins_none(words: list[str]) -> None:
    spaced = [f" {word}" for word in words]
    ends = sentence_ends(spaced, "en")
    assert len(words) - 1 in ends
    assert not any(words[at + 1][0].islower() for at in ends if at + 1 < len(words))
