"""What the policies over whole hypotheses write, for any hypothesis."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interp.core.translator import Ask, Hypothesis, Word
from interp.policies.base import ALL_WORDS, LISTEN, Policy, Read, View, Write, write
from interp.policies.hypothesis import Agree, AlignAtt, Fixed, Hold, Offline

letters = st.lists(st.sampled_from("abc"), max_size=6)


def guess_of(words: list[str], step_ms: int = 300) -> Hypothesis:
    return Hypothesis(tuple(Word(w, 0.9, (i + 1) * step_ms) for i, w in enumerate(words)))


def count_of(policy: Policy, view: View, guess: Hypothesis) -> int:
    match policy.decide(view, guess):
        case Read():
            return 0
        case Write(words):
            assert words > 0, "WRITE writes something"
            return words


def test_write_of_nothing_is_read() -> None:
    assert write(0) == write(-3) == Read()
    assert write(2) == Write(2)


@given(letters, st.integers(0, 9))
def test_offline_neither_asks_nor_writes(words: list[str], units: int) -> None:
    view = View(units, 1000 * units, 0)
    assert Offline().ask(view) is None
    assert Offline().decide(view, guess_of(words)) == Read()


@given(letters, st.integers(0, 8))
def test_fixed_writes_the_hypothesis_or_so_many_words_of_it(words: list[str], limit: int) -> None:
    policy, view = Fixed(words=limit), View(1, 1000, 0)
    assert policy.ask(view) == Ask(limit or ALL_WORDS)
    assert count_of(policy, view, guess_of(words)) == min(limit or len(words), len(words))


@given(letters, st.integers(0, 8))
def test_hold_keeps_n_words_back(words: list[str], n: int) -> None:
    view = View(1, 1000, 0)
    assert count_of(Hold(n=n), view, guess_of(words)) == max(0, len(words) - n)


@given(letters, st.lists(letters, max_size=4), st.integers(2, 4))
def test_agreement_is_the_longest_start_that_all_n_share(
    words: list[str], history: list[list[str]], n: int
) -> None:
    view = View(5, 5000, 0, tuple(map(tuple, history)))
    count = count_of(Agree(n=n), view, guess_of(words))
    others = history[: n - 1]
    if len(others) < n - 1:
        assert count == 0
        return
    assert all(other[:count] == words[:count] for other in others)
    longer = words[: count + 1]
    assert count == len(words) or any(other[: count + 1] != longer for other in others)


@given(letters, letters)
def test_agreement_looks_at_the_newest_hypotheses_only(new: list[str], newest: list[str]) -> None:
    guess = guess_of(new)
    alone = View(5, 5000, 0, (tuple(newest),))
    longer = View(5, 5000, 0, (tuple(newest), ("z",), ()))
    assert count_of(Agree(n=2), alone, guess) == count_of(Agree(n=2), longer, guess)


@given(letters, st.integers(0, 3000), st.integers(0, 2000))
def test_alignatt_writes_what_lies_before_its_guard(
    words: list[str], heard_ms: int, guard_ms: int
) -> None:
    policy, view = AlignAtt(guard_ms=guard_ms), View(1, heard_ms, 0)
    count = count_of(policy, view, guess_of(words))
    places = [(i + 1) * 300 for i in range(len(words))]
    assert count == sum(place < heard_ms - guard_ms for place in places)
    ask = policy.ask(view)
    if heard_ms <= guard_ms:
        assert ask == LISTEN
    else:
        assert ask == Ask(ALL_WORDS, heard_ms - guard_ms)


def test_what_alignatt_does_not_ask_for_it_would_not_write() -> None:
    policy, view = AlignAtt(guard_ms=600), View(1, 500, 0)
    assert policy.ask(view) == LISTEN
    assert policy.decide(view, guess_of(["a"])) == Read()


@pytest.mark.parametrize(("guard_ms", "expected"), [(0, 3), (300, 2), (900, 0)])
def test_agreement_is_not_enough_for_what_attends_to_what_was_just_heard(
    guard_ms: int, expected: int
) -> None:
    guess = Hypothesis(tuple(Word(f" {place}", 0.9, place) for place in (200, 600, 900)))
    view = View(2, 1000, 0, ((" 200", " 600", " 900", " x"),))
    agree = Agree(guard_ms=guard_ms)
    assert agree.ask(view) == Ask(ALL_WORDS), "the hypotheses are compared as a whole"
    assert agree.decide(view, guess) == write(expected)
