import pytest

from training.data.text import spell_numbers, spoken


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("the cat sat on the mat", "The cat sat on the mat."),
        ("it costs 1,250 dollars", "It costs one thousand two hundred and fifty dollars."),
        ("he came in 21st of 30", "He came in twenty-first of thirty."),
        ("about 2.5% of people", "About two point five percent of people."),
        ("salt & pepper, please!", "Salt and pepper, please!"),
        ("she said no\u2014twice", "She said no, twice."),
        ("I don\u2019t know him", "I don't know him."),
    ],
)
def test_sentences_are_written_as_they_are_said(written: str, said: str) -> None:
    assert spoken(written) == said


@pytest.mark.parametrize(
    "unspoken",
    [
        "",
        "two words",
        "word " * 26,
        "he said (softly) that it rained",
        "the NATO members met today",
        "ask Mr. Smith about the house",
        "vitamin C. is good for you",
        "a 'B' grade is not enough",
        "r\u00e9sum\u00e9 of a long life",
    ],
)
def test_what_cannot_be_read_aloud_is_refused(unspoken: str) -> None:
    assert spoken(unspoken) is None


def test_numbers_keep_the_text_around_them() -> None:
    assert spell_numbers("gate 7, row 12") == "gate seven, row twelve"
