"""Guards around any policy: they only ever hold back, and only what they name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interp.core.translator import Ask, Hypothesis, Word
from interp.policies import hypothesis as whole
from interp.policies.base import ALL_WORDS, LISTEN, Read, View, Write
from interp.policies.guard import Guarded, guards
from interp.policies.waitk import WaitK

FIXED = whole.Fixed()


def words(*places_ms: int, probability: float = 0.9) -> Hypothesis:
    return Hypothesis(tuple(Word(f" w{i}", probability, ms) for i, ms in enumerate(places_ms)))


def written(policy: Guarded, view: View, hypothesis: Hypothesis) -> int:
    match policy.decide(view, hypothesis):
        case Read():
            return 0
        case Write(count):
            return count


@pytest.mark.parametrize(
    ("guard_ms", "expected"), [(0, 4), (1, 3), (200, 3), (201, 2), (700, 1), (900, 0), (2000, 0)]
)
def test_words_that_attend_to_what_was_just_heard_wait(guard_ms: int, expected: int) -> None:
    view = View(units=1, heard_ms=1000, written=0)
    assert written(Guarded(FIXED, guard_ms), view, words(100, 300, 799, 1000)) == expected


def test_what_is_asked_is_asked_with_the_effort_and_waiting_is_not() -> None:
    view = View(units=4, heard_ms=2000, written=0)
    assert Guarded(FIXED, beams=5).ask(view) == Ask(ALL_WORDS, beams=5)
    assert Guarded(FIXED, guard_ms=400, beams=5).ask(view) == Ask(ALL_WORDS, 1600, beams=5)
    assert Guarded(WaitK(k=9), beams=5).ask(view) == LISTEN


@pytest.mark.parametrize(("guard_p", "expected"), [(0.0, 3), (0.5, 3), (0.51, 1), (0.95, 0)])
def test_words_below_a_probability_wait_with_all_that_follow(guard_p: float, expected: int) -> None:
    chances = (0.9, 0.5, 0.8)
    guess = Hypothesis(tuple(Word(" w", chance, 0) for chance in chances))
    assert written(Guarded(FIXED, guard_p=guard_p), View(1, 1000, 0), guess) == expected


def test_it_is_told_when_a_guard_keeps_back_what_the_policy_would_write() -> None:
    view, guess = View(1, 1000, 0), words(100, 900)
    assert guards(Guarded(FIXED, guard_ms=500), view, guess)
    assert not guards(Guarded(FIXED, guard_ms=50), view, guess)
    assert not guards(Guarded(WaitK(k=9), guard_ms=500), view, guess), "the policy waits itself"
    assert not guards(FIXED, view, guess)


def test_the_policy_is_not_asked_for_what_the_guard_would_refuse() -> None:
    guarded = Guarded(FIXED, guard_ms=400)
    assert guarded.ask(View(1, 1000, 0)) == Ask(ALL_WORDS, before_ms=600)
    assert guarded.ask(View(1, 400, 0)) == LISTEN, "nothing that old was heard"


def test_what_the_policy_does_not_ask_for_the_guard_does_not_either() -> None:
    assert Guarded(whole.Offline(), guard_ms=400).ask(View(3, 3000, 0)) is None
    assert Guarded(WaitK(k=5), guard_ms=400).ask(View(3, 3000, 0)) == LISTEN


def test_a_guard_on_probability_alone_asks_as_the_policy_does() -> None:
    view = View(3, 3000, 0)
    assert Guarded(FIXED, guard_p=0.5).ask(view) == FIXED.ask(view)


def test_the_unit_is_the_policys_own() -> None:
    assert Guarded(WaitK(unit_ms=320), guard_ms=100).unit_ms == 320


@pytest.mark.parametrize(("guard_ms", "guard_p"), [(-1, 0.0), (0, -0.1), (0, 1.1)])
def test_a_guard_out_of_range_is_refused(guard_ms: int, guard_p: float) -> None:
    with pytest.raises(ValueError, match="guard_ms"):
        Guarded(FIXED, guard_ms, guard_p)


@given(
    places=st.lists(st.integers(0, 3000), max_size=8),
    chances=st.lists(st.floats(0, 1), min_size=8, max_size=8),
    guard_ms=st.integers(0, 2000),
    guard_p=st.floats(0, 1),
    heard_ms=st.integers(0, 3000),
)
def test_a_guard_never_adds_and_what_it_lets_through_is_safe(
    places: list[int], chances: list[float], guard_ms: int, guard_p: float, heard_ms: int
) -> None:
    guess = Hypothesis(tuple(Word(" w", p, ms) for ms, p in zip(places, chances, strict=False)))
    view = View(2, heard_ms, 0)
    count = written(Guarded(FIXED, guard_ms, guard_p), view, guess)
    assert count <= len(guess.words)
    for word in guess.words[:count]:
        assert word.probability >= guard_p
        assert word.attended_ms is not None
        assert not guard_ms or word.attended_ms < heard_ms - guard_ms
    if count < len(guess.words):
        refused = guess.words[count]
        assert refused.attended_ms is not None
        late = bool(guard_ms) and refused.attended_ms >= heard_ms - guard_ms
        assert late or refused.probability < guard_p
