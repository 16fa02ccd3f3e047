from hypothesis import given
from hypothesis import strategies as st

from interp.core.translator import Hypothesis, Word
from interp.engine.track import CONTEXT_WORDS, HISTORY, Track


def hypothesis(text: str) -> Hypothesis:
    return Hypothesis(tuple(Word(f" {word}", 0.9, 100) for word in text.split()))


def track() -> Track:
    return Track(0, 0, target=None)


def test_a_unit_is_reached_once_and_is_whole() -> None:
    line = track()
    reached = [line.reached_unit(samples, unit_ms=320) for samples in (0, 5119, 5120, 5632, 10_240)]
    assert reached == [False, False, True, False, True]
    assert line.units == 2


def test_units_that_pass_between_two_looks_are_one_decision() -> None:
    line = track()
    assert line.reached_unit(5 * 5120, unit_ms=320)
    assert line.units == 5


def test_a_longer_unit_in_mid_segment_is_a_unit_to_decide_on() -> None:
    line = track()
    line.reached_unit(10 * 5120, unit_ms=320)
    assert line.reached_unit(10 * 5120, unit_ms=640)
    assert line.units == 5


def test_written_words_become_the_prefix_and_the_rest_is_tentative() -> None:
    line = track()
    words = line.write(hypothesis("so it is said"), 2)
    assert [word.text for word in words] == [" so", " it"]
    assert line.written == [" so", " it"]
    assert line.tentative == " is said"


def test_accepted_words_are_told_once() -> None:
    line = track()
    line.write(hypothesis("so it is"), 2)
    assert line.take_accepted() == 2
    assert line.take_accepted() == 0


def test_earlier_hypotheses_are_seen_from_what_is_written_now() -> None:
    line = track()
    line.write(hypothesis("so it may be"), 0)
    line.write(hypothesis("so it is"), 1)
    assert line.view(0).history == ((" it", " is"), (" it", " may", " be"))
    line.write(hypothesis("it was"), 2)
    assert line.view(0).history == ((),), "one that was not borne out is forgotten"


@given(st.lists(st.tuples(st.lists(st.sampled_from("ab"), max_size=5), st.integers(0, 5))))
def test_what_is_written_only_grows_and_history_stays_short(
    guesses: list[tuple[list[str], int]],
) -> None:
    line, written = track(), list[str]()
    for words, wanted in guesses:
        guess = hypothesis(" ".join(words))
        count = min(wanted, len(words))
        line.write(guess, count)
        written += [word.text for word in guess.words[:count]]
        assert line.written == written
        assert line.tentative == "".join(word.text for word in guess.words[count:])
        view = line.view(1234)
        assert (view.written, view.heard_ms) == (len(written), 1234)
        assert 1 <= len(view.history) <= HISTORY
        assert view.history[0] == tuple(word.text for word in guess.words[count:])


def test_a_segment_that_goes_on_is_handed_the_last_words() -> None:
    line = track()
    assert line.context("") == ""
    assert line.context("before") == "before"
    line.write(hypothesis("one two"), 2)
    assert line.context("") == "one two"
    assert line.context("before") == "before one two"
    many = " ".join(str(i) for i in range(30))
    line.write(hypothesis(many), 30)
    assert line.context("before").split() == many.split()[-CONTEXT_WORDS:]


def test_the_newest_hypotheses_are_kept_when_there_are_many() -> None:
    line = track()
    for number in range(HISTORY + 3):
        line.write(hypothesis(f"so {number}"), 0)
    newest = range(HISTORY + 2, 2, -1)
    assert line.view(0).history == tuple((" so", f" {number}") for number in newest)


def test_words_that_repeat_themselves_are_not_handed_on() -> None:
    line = track()
    line.write(hypothesis("with a device with a device with a device"), 9)
    assert line.context("") == ""
