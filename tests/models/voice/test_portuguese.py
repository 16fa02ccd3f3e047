"""Portuguese as it is spelled out."""

import pytest

from interp.models.voice.portuguese import LETTERS, cardinal, ordinal, spelling
from interp.models.voice.spelling import Spelling


@pytest.mark.parametrize(
    ("written", "words", "mark"),
    [
        ("amanhã,", "amanhã", ","),
        ("lembrá-lo.", "lembrá lo", "."),
        ("1.250", "mil duzentos e cinquenta", ""),
        ("2,5", "dois vírgula cinco", ""),
        ("R$21", "vinte e um reais", ""),
        ("100%", "cem por cento", ""),
        ("3ª", "terceira", ""),
        ("12º", "décimo segundo", ""),
        ("UE", "u é", ""),
        ("NATO?", "nato", "?"),
        ("Sr.", "senhor", ""),
        ("Müller", "muller", ""),
        ("007", "zero zero sete", ""),
        ("(", "", ""),
    ],
)
def test_a_written_word_is_spelled_out(written: str, words: str, mark: str) -> None:
    assert spelling(written) == Spelling(tuple(words.split()), mark)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (16, "dezesseis"),
        (101, "cento e um"),
        (1_000, "mil"),
        (1_100, "mil e cem"),
        (2_345, "dois mil trezentos e quarenta e cinco"),
        (1_000_000, "um milhão"),
        (3_000_002, "três milhões e dois"),
        (2_000_000_000, "dois bilhões"),
    ],
)
def test_numbers_are_said_as_they_are_counted(number: int, words: str) -> None:
    assert " ".join(cardinal(number)) == words


def test_places_beyond_the_hundredth_are_counted() -> None:
    assert ordinal(100) == ["cem"]
    assert ordinal(20) == ["vigésimo"]


def test_every_word_is_of_the_readers_letters() -> None:
    written = ["Ñandú", "façade", "señor", "naïve", "Ærø", "12.345.678", "€", "#", "ººª", "αβγ"]
    assert {letter for each in written for word in spelling(each).words for letter in word} <= set(
        LETTERS
    )
