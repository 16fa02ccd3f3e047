from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interp.core.errors import InvalidRequest, NotServed, Reason
from interp.core.translator import Ask, Hypothesis, Word
from interp.policies import parse
from interp.policies.base import LISTEN, Policy, Read, View, Write
from interp.policies.registry import load_file, names, parameters
from interp.policies.waitk import wait_k_budget


def hypothesis_of(*words: str, probability: float = 0.9, step_ms: int = 300) -> Hypothesis:
    return Hypothesis(tuple(Word(w, probability, (i + 1) * step_ms) for i, w in enumerate(words)))


def act(policy: str, view: View, hypothesis: Hypothesis) -> int:
    match parse(policy).decide(view, hypothesis):
        case Read():
            return 0
        case Write(words):
            return words


@given(units=st.integers(0, 50), k=st.integers(1, 9), n=st.integers(1, 4))
def test_wait_k_budget_is_the_published_schedule(units: int, k: int, n: int) -> None:
    assert wait_k_budget(units, k, n) == max(0, units - k + 1) * n


def test_catch_up_writes_one_more_word_every_so_many_steps() -> None:
    budgets = [wait_k_budget(units, 2, 1, catchup=0.25) for units in range(2, 12)]
    assert budgets == [1, 2, 3, 5, 6, 7, 8, 10, 11, 12]


def test_wait_k_only_listens_while_it_may_not_write() -> None:
    policy = parse("waitk:k=3")
    assert policy.ask(View(units=2, heard_ms=1000, written=0)) == LISTEN
    assert policy.ask(View(units=3, heard_ms=1500, written=0)) == Ask(1)
    assert policy.ask(View(units=3, heard_ms=1500, written=1)) == LISTEN


def test_wait_k_makes_up_for_words_it_could_not_write() -> None:
    view = View(units=5, heard_ms=2500, written=0)
    assert act("waitk:k=3", view, hypothesis_of("a", "b", "c", "d")) == 3
    assert act("waitk:k=3", view, hypothesis_of("a")) == 1
    assert act("waitk:k=3", view, hypothesis_of()) == 0


@pytest.mark.parametrize(
    ("probability", "units", "words"),
    [(0.95, 1, 1), (0.5, 1, 0), (0.5, 4, 0), (0.5, 6, 1), (0.1, 6, 0), (0.1, 7, 1)],
)
def test_adaptive_wait_k_writes_a_surer_word_sooner(
    probability: float, units: int, words: int
) -> None:
    view = View(units=units, heard_ms=500 * units, written=0)
    hypothesis = hypothesis_of("a", probability=probability)
    assert act("waitk-adaptive:k_min=1,k_max=7", view, hypothesis) == words


def test_adaptive_wait_k_below_k_min_only_listens() -> None:
    assert parse("waitk-adaptive:k_min=3").ask(View(units=2, heard_ms=1000, written=0)) == LISTEN


def test_hold_keeps_back_its_last_words() -> None:
    view = View(units=1, heard_ms=1000, written=0)
    assert act("hold:n=2", view, hypothesis_of("a", "b", "c")) == 1
    assert act("hold:n=2", view, hypothesis_of("a", "b")) == 0


def test_agreement_writes_the_common_prefix_of_n_hypotheses() -> None:
    new = hypothesis_of("a", "b", "c")
    assert act("agree", View(1, 1000, 0), new) == 0
    assert act("agree", View(2, 2000, 0, (("a", "b", "x"),)), new) == 2
    assert act("agree", View(2, 2000, 0, (("a",),)), new) == 1
    assert act("agree:n=3", View(2, 2000, 0, (("a", "b", "c"),)), new) == 0
    assert act("agree:n=3", View(3, 3000, 0, (("a", "b"), ("a", "q"))), new) == 1


def test_alignatt_stops_at_the_first_word_that_attends_behind_the_guard() -> None:
    view = View(units=2, heard_ms=1000, written=0)
    assert parse("alignatt:guard_ms=400").ask(view) == Ask(1_000_000, before_ms=600)
    assert act("alignatt:guard_ms=400", view, hypothesis_of("a", "b", "c")) == 1
    assert parse("alignatt:guard_ms=1000").ask(view) == LISTEN


@pytest.mark.parametrize("policy", ["waitk:k=1,words=3", "fixed", "hold:n=0"])
def test_any_policy_can_carry_the_guards(policy: str) -> None:
    separator = "," if ":" in policy else ":"
    view = View(units=1, heard_ms=1000, written=0)
    words = hypothesis_of("a", "b", "c")
    assert act(policy, view, words) == 3
    assert act(f"{policy}{separator}guard_ms=400", view, words) == 1
    assert act(f"{policy}{separator}guard_p=0.95", view, words) == 0
    guarded = parse(f"{policy}{separator}guard_ms=400").ask(view)
    assert guarded is not None
    assert guarded.before_ms == 600


def test_offline_never_asks() -> None:
    assert parse("offline").ask(View(units=9, heard_ms=9000, written=0)) is None


def test_every_policy_parses_with_its_defaults_and_names_its_parameters() -> None:
    ours = ["agree", "alignatt", "fixed", "hold", "offline", "waitk", "waitk-adaptive"]
    assert set(ours) <= set(names())  # other tests register more
    for name in ours:
        assert isinstance(parse(name), Policy)
        assert "unit_ms" in parameters(name)


@pytest.mark.parametrize(
    "text",
    [
        "waitk:k=0",
        "waitk:k=x",
        "waitk:k",
        "waitk:q=1",
        "agree:n=9",
        "waitk:unit_ms=1",
        "waitk:guard_p=2",
        "hold:guard_ms=-1",
        "waitk-adaptive:k_min=5,k_max=2",
    ],
)
def test_a_bad_parameter_is_an_invalid_request(text: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        parse(text)
    assert caught.value.reason is Reason.BAD_POLICY


def test_an_unknown_name_is_not_served_and_names_the_known_ones() -> None:
    with pytest.raises(NotServed, match="alignatt") as caught:
        parse("waitq")
    assert caught.value.reason is Reason.POLICY_UNKNOWN


def test_a_policy_from_a_users_file_parses_by_name(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(
        "from dataclasses import dataclass\n"
        "from interp.core.translator import Ask\n"
        "from interp.policies.base import Write\n"
        "from interp.policies.registry import policy\n"
        "@policy('mine-for-a-test')\n"
        "@dataclass(frozen=True)\n"
        "class Mine:\n"
        "    unit_ms: int = 700\n"
        "    def ask(self, view): return Ask(1)\n"
        "    def decide(self, view, hypothesis): return Write(1)\n"
    )
    load_file(file)
    assert parse("mine-for-a-test:unit_ms=640").unit_ms == 640
