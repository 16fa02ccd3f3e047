"""Schedules of wait-k against the words that they allow, for any run."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interp.core.translator import Hypothesis, Word
from interp.policies.base import LISTEN, Policy, Read, View, Write
from interp.policies.waitk import AdaptiveWaitK, WaitK, wait_k_budget


def guess_of(count: int, probability: float = 0.9) -> Hypothesis:
    return Hypothesis(tuple(Word(f" w{i}", probability, 100) for i in range(count)))


def run(policy: Policy, available: list[int], probability: float = 0.9) -> list[int]:
    """Words written in all after each unit, when so many more are there to be had."""
    written, totals = 0, []
    for units, more in enumerate(available, start=1):
        view = View(units, 500 * units, written)
        ask = policy.ask(view)
        assert ask is not None
        match policy.decide(view, guess_of(min(more, ask.words), probability)):
            case Write(words):
                written += words
            case Read():
                pass
        totals.append(written)
    return totals


@given(st.integers(1, 8), st.integers(1, 4), st.lists(st.integers(0, 9), max_size=15))
def test_no_more_is_written_than_the_schedule_allows_and_none_twice(
    k: int, words: int, available: list[int]
) -> None:
    totals = run(WaitK(k=k, words=words), available)
    assert totals == sorted(totals)
    for units, total in enumerate(totals, start=1):
        assert total <= max(0, units - k + 1) * words


@given(st.integers(1, 8), st.integers(1, 15))
def test_with_words_to_be_had_it_is_k_minus_one_behind(k: int, units: int) -> None:
    assert run(WaitK(k=k), [9] * units)[-1] == max(0, units - k + 1)


@given(st.integers(0, 40), st.integers(1, 9), st.integers(1, 4), st.floats(0, 4))
def test_catching_up_never_lowers_the_budget_and_the_budget_never_falls(
    units: int, k: int, words: int, catchup: float
) -> None:
    plain, more = wait_k_budget(units, k, words), wait_k_budget(units, k, words, catchup)
    assert more >= plain
    assert wait_k_budget(units + 1, k, words, catchup) >= more


@given(
    st.integers(1, 4),
    st.integers(0, 4),
    st.lists(st.integers(0, 5), max_size=12),
    st.floats(0, 1),
)
def test_adaptive_wait_k_stays_between_its_two_schedules(
    k_min: int, span: int, available: list[int], probability: float
) -> None:
    policy = AdaptiveWaitK(k_min=k_min, k_max=k_min + span)
    totals = run(policy, available, probability)
    for units, total in enumerate(totals, start=1):
        assert total <= wait_k_budget(units, k_min, 1)
    if all(available):
        patient = run(WaitK(k=k_min + span), available, probability)
        assert all(total >= other for total, other in zip(totals, patient, strict=True))


@pytest.mark.parametrize("probability", [0.0, 1.0])
def test_the_sure_write_with_k_min_and_the_unsure_with_k_max(probability: float) -> None:
    policy = AdaptiveWaitK(k_min=2, k_max=5)
    k = 2 if probability else 5
    assert run(policy, [9] * 12, probability) == run(WaitK(k=k), [9] * 12, probability)


def test_thresholds_fall_evenly_from_k_min_to_k_max() -> None:
    policy = AdaptiveWaitK(k_min=1, k_max=5, rho_max=0.9, rho_min=0.5)
    assert [policy.threshold(lag) for lag in range(1, 6)] == pytest.approx(
        [0.9, 0.8, 0.7, 0.6, 0.5]
    )


def test_below_its_schedule_it_only_listens() -> None:
    for policy in (WaitK(k=4), AdaptiveWaitK(k_min=4)):
        assert policy.ask(View(3, 1500, 0)) == LISTEN
        assert policy.ask(View(5, 2500, 2)) == LISTEN
        assert policy.ask(View(5, 2500, 1)) != LISTEN
