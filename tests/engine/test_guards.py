from interp.core.text import Hypothesis, Word
from interp.engine.guards import believable


def hypothesis_of(*words: str, probability: float = 0.9, no_speech: float = 0.0) -> Hypothesis:
    return Hypothesis(tuple(Word(w, probability, 0) for w in words), no_speech=no_speech)


def kept(hypothesis: Hypothesis, *written: str) -> list[str]:
    return [word.text for word in believable(hypothesis, written).words]


def test_unlikely_text_where_there_is_no_speech_is_dropped() -> None:
    assert kept(hypothesis_of("you", probability=0.2, no_speech=0.9)) == []


def test_likely_text_is_kept_though_no_speech_is_likely_too() -> None:
    assert kept(hypothesis_of("yes", probability=0.8, no_speech=0.9)) == ["yes"]


def test_text_that_follows_written_text_is_kept() -> None:
    assert kept(hypothesis_of("you", probability=0.2, no_speech=0.9), "thank") == ["you"]


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
