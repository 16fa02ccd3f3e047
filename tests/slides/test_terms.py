import pytest
from hypothesis import given
from hypothesis import strategies as st

from interp.core.glossary import MOST_CHARS, MOST_EXPECTED, expected_of
from interp.slides.terms import terms_of


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Kept at the Museum of Modern Art since 1939", ("Museum of Modern Art",)),
        ("we use CRISPR-Cas9, mRNA and eBPF", ("CRISPR-Cas9", "mRNA", "eBPF")),
        ("Talk by Dr. Anneliese Varga (Szeged)", ("Anneliese Varga",)),
        ("Care With Monoclonal Antibodies in Gout", ("Monoclonal Antibodies", "Gout")),
        ("Results", ()),
        ("12 % more in 2026", ()),
    ],
)  # fmt: skip
def test_names_are_what_is_written_as_names(line: str, names: tuple[str, ...]) -> None:
    assert terms_of([line]).names == names


def test_a_long_word_is_worth_listening_for_and_the_first_of_a_line_may_be_a_name() -> None:
    found = terms_of(["we had tocilizumab every week", "Raft has a leader"])
    assert found.words == ("tocilizumab", "Raft")
    assert found.names == ()


def test_what_is_too_long_for_a_term_is_none() -> None:
    assert terms_of(["it is A1" + "B2" * 50, "and " + "long" * 30]).expected == ()


def test_each_term_stands_once_and_names_come_last() -> None:
    found = terms_of(["near Debrecen", "in DEBRECEN, efflorescence", "Efflorescence of tiles"])
    assert found.expected == ("efflorescence", "Debrecen")


@given(st.lists(st.text(max_size=200), max_size=100))
def test_whatever_stands_there_can_be_expected(lines: list[str]) -> None:
    expected = terms_of(lines).expected
    assert len(expected) <= MOST_EXPECTED
    assert all(len(word) <= MOST_CHARS for word in expected)
    assert expected_of(expected) == expected
