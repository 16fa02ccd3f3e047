from pathlib import Path

import pytest

from interp.evaluate.record.errors import EvaluationError
from interp.evaluate.score.terms import read_terms, term_counts


@pytest.mark.parametrize(
    ("hypothesis", "counts"),
    [
        ("The pound key, please.", (1, 1)),
        ("the Pound KEY", (1, 1)),
        ("the pound sign", (0, 1)),
        ("compound keys", (0, 1)),
        ("", (0, 1)),
    ],
)
def test_a_term_is_found_whole_in_any_case(hypothesis: str, counts: tuple[int, int]) -> None:
    assert term_counts(["pound key"], hypothesis, "Press the pound key.") == counts


def test_a_term_counts_as_often_as_the_reference_has_it() -> None:
    assert term_counts(["agent"], "agent agent agent", "agent and agent") == (2, 2)
    assert term_counts(["agent"], "agent", "agent and agent") == (1, 2)


def test_a_term_that_the_reference_does_not_have_is_not_due() -> None:
    assert term_counts(["agent", "key"], "the key", "the agent") == (0, 1)


def test_a_longer_term_hides_the_shorter_inside_it() -> None:
    terms = ["voice", "voice mail"]
    assert term_counts(terms, "voice", "your voice mail") == (0, 1)
    assert term_counts(terms, "voice mail", "your voice mail") == (1, 1)


def test_marks_in_a_term_are_marks() -> None:
    assert term_counts(["C++"], "in C++ today", "C++") == (1, 1)
    assert term_counts(["C++"], "in CCC today", "C++") == (0, 1)


def test_terms_are_a_list_or_the_last_field_of_a_glossary(tmp_path: Path) -> None:
    file = tmp_path / "terms"
    file.write_text("clé\tpound key\n\nagent\nagent\n", "utf-8")
    assert read_terms(file) == ("pound key", "agent")


def test_an_empty_list_is_refused(tmp_path: Path) -> None:
    (tmp_path / "terms").write_text("\n \n")
    with pytest.raises(EvaluationError, match="lists no term"):
        read_terms(tmp_path / "terms")
