from interp.core.translator import Hypothesis, Word
from interp.engine.guards import believable


def hypothesis_of(*words: str) -> Hypothesis:
    return Hypothesis(tuple(Word(w, 0.9, 0) for w in words))


def kept(hypothesis: Hypothesis, *written: str) -> list[str]:
    return [word.text for word in believable(hypothesis, written).words]


def test_the_third_round_of_a_loop_is_cut() -> None:
    assert kept(hypothesis_of(*["abc", "ab", "ab", "ab", "ab"])) == ["abc", "ab", "ab"]
    assert kept(hypothesis_of(*["x", "y", "x", "y", "x", "y", "z"])) == ["x", "y", "x", "y"]


def test_a_loop_is_seen_across_what_is_written() -> None:
    assert kept(hypothesis_of("x", "y", "x", "y"), "x", "y") == ["x", "y"]
    assert kept(hypothesis_of("a"), "a", "a") == []


def test_two_rounds_are_no_loop() -> None:
    assert kept(hypothesis_of("x", "y", "x", "y", "z")) == ["x", "y", "x", "y", "z"]


def test_a_loop_ends_the_hypothesis() -> None:
    assert believable(hypothesis_of("a", "a", "a"), ()).finished
