"""Terms: where they occur, and which glossaries are refused."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interp.core.errors import InvalidRequest, Reason
from interp.core.glossary import MOST_CHARS, MOST_TERMS, Glossary, Term, glossary_of, same_word

POUND = Term("pound key", "tecla cardinal")
HOST = Term("host", "anfitrião")
UN = Term("UN", "ONU", spoken="you en")


def _found(text: str, *terms: Term) -> list[tuple[str, int, int, bool]]:
    return [
        (one.term.source, one.first, one.last, one.whole)
        for one in Glossary(terms).find(text.split())
    ]


def test_a_term_is_found_in_any_case_and_beside_marks() -> None:
    assert _found('Press the POUND key, or "Pound Key"!', POUND) == [
        ("pound key", 2, 4, True),
        ("pound key", 5, 7, True),
    ]


def test_a_term_is_found_by_how_it_sounds() -> None:
    assert _found("the you en in Geneva", UN) == [("UN", 1, 3, True)]


def test_the_longest_term_is_found_where_several_begin() -> None:
    key = Term("pound", "libra")
    assert _found("a pound key and a pound", key, POUND) == [
        ("pound key", 1, 3, True),
        ("pound", 5, 6, True),
    ]


def test_words_that_end_in_the_midst_of_a_term_are_told() -> None:
    assert _found("followed by the pound", POUND) == [("pound key", 3, 4, False)]


@pytest.mark.parametrize(
    ("term", "form", "same"),
    [
        ("amendment", "Amendments", True),
        ("table", "tables", True),
        ("votado", "votadas.", True),
        ("host", "hosted", True),
        ("driver", "drives", False),
        ("cat", "cats", False),
        ("host", "hostage", True),
        ("10", "100", False),
        ("...", "...", False),
    ],
)
def test_forms_of_a_word(term: str, form: str, same: bool) -> None:
    assert same_word(term, form) is same


@pytest.mark.parametrize(
    "terms",
    [
        [Term("host", "")],
        [Term(" ", "anfitrião")],
        [Term("x" * (MOST_CHARS + 1), "y")],
        [HOST, Term("Host", "hóspede")],
        [Term(f"term {i}", "y") for i in range(MOST_TERMS + 1)],
    ],
)
def test_a_bad_glossary_is_refused(terms: list[Term]) -> None:
    with pytest.raises(InvalidRequest) as caught:
        glossary_of(terms)
    assert caught.value.reason is Reason.BAD_GLOSSARY


WORDS = st.lists(
    st.sampled_from(["pound", "key", "the", "host", "Keys,", "you", "en"]), max_size=20
)


@given(WORDS, st.permutations([POUND, HOST, UN, Term("pound", "libra")]))
def test_what_is_found_never_overlaps_and_stands_where_it_is_said(
    words: list[str], terms: list[Term]
) -> None:
    found = Glossary(tuple(terms)).find(words)
    assert all(one.last <= after.first for one, after in itertools.pairwise(found))
    for one in found:
        assert 0 <= one.first < one.last <= len(words)
        forms = (one.term.source.split(), one.term.spoken.split())
        said = words[one.first : one.last]
        assert any(form and all(map(same_word, form[: len(said)], said)) for form in forms)
        assert one.whole or one.last == len(words), "in the midst of a term only where words end"


@given(WORDS)
def test_without_terms_nothing_is_found(words: list[str]) -> None:
    assert glossary_of([]).find(words) == []


def test_a_glossary_may_be_as_large_as_the_limits_say() -> None:
    terms = [Term(f"{number:0{MOST_CHARS}}", "y" * MOST_CHARS) for number in range(MOST_TERMS)]
    assert glossary_of(terms).terms == tuple(terms)
