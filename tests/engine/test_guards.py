from interp.core.translator import Hypothesis, Word
from interp.engine.guards import believable


def kept(text: str, *, written: str = "", finished: bool = False) -> str:
    words = tuple(Word(word, 0.9, 0) for word in text.split())
    found = believable(Hypothesis(words, finished), written.split())
    return " ".join(word.text for word in found.words)


def test_of_a_repetition_whose_end_is_not_seen_two_rounds_may_be_written() -> None:
    assert kept("abc ab ab ab ab") == "abc ab ab"
    assert kept("x y x y x y") == "x y x y"
    assert kept("p x y x y x y x") == "p x y x y"


def test_a_repetition_that_has_come_to_its_end_is_what_was_said() -> None:
    assert kept("zero zero zero zero five") == "zero zero zero zero five"
    assert kept("no no no no", finished=True) == "no no no no"


def test_a_repetition_is_seen_across_what_is_written() -> None:
    assert kept("x y x y", written="x y") == "x y"
    assert kept("a", written="a a") == ""
    assert kept("a a b", written="a a") == "a a b"


def test_two_rounds_may_be_written() -> None:
    assert kept("x y x y") == "x y x y"
    assert kept("one two three") == "one two three"


def test_what_stays_back_is_not_the_end_of_the_text() -> None:
    assert not believable(Hypothesis(tuple(Word("a", 0.9, 0) for _ in range(4))), ()).finished
