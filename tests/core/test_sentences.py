import pytest
from hypothesis import given
from hypothesis import strategies as st

from interp.core.sentences import SENTENCE_ENDS, ends_sentence


@pytest.mark.parametrize("mark", SENTENCE_ENDS)
@pytest.mark.parametrize("closing", ["", '"', "')", "»", "”", " ", ".)] "])
def test_a_mark_ends_a_sentence_whatever_closes_after_it(mark: str, closing: str) -> None:
    assert ends_sentence(f" there{mark}{closing}")


@pytest.mark.parametrize("text", ["", " ", "there", "there,", "there;", "3.5", "a.m", '"', "(why"])
def test_other_text_does_not_end_a_sentence(text: str) -> None:
    assert not ends_sentence(text)


@given(word=st.text(alphabet=st.characters(categories=("L", "N"))), before=st.text())
def test_only_the_end_of_the_text_counts(word: str, before: str) -> None:
    assert not ends_sentence(f"{before}{word}x")
    assert ends_sentence(f"{before}{word}x.")
