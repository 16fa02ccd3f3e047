"""Policy strings: any that is written from a policy's fields is read back as that policy."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interp.core.errors import InvalidRequest, NotServed, Reason
from interp.core.translator import Ask, Hypothesis
from interp.policies.base import Action, Policy, View, write
from interp.policies.effort import Effort, effort_of
from interp.policies.guard import Guarded
from interp.policies.hypothesis import Agree, AlignAtt
from interp.policies.qualities import BEST, FAST, QUALITIES
from interp.policies.registry import load_file, names, parameters, parse, policy, summary
from interp.policies.waitk import WaitK


@given(
    st.builds(
        WaitK,
        k=st.integers(1, 20),
        unit_ms=st.integers(32, 10_000),
        words=st.integers(1, 5),
        catchup=st.floats(0, 4),
    )
)
def test_a_string_says_all_of_a_policy(wanted: WaitK) -> None:
    text = f"waitk:k={wanted.k},unit_ms={wanted.unit_ms},words={wanted.words}"
    assert parse(f"{text},catchup={wanted.catchup}") == wanted


@given(st.sampled_from(["waitk", "hold", "fixed"]), st.integers(0, 3000), st.floats(0, 1))
def test_guards_wrap_any_policy(name: str, guard_ms: int, guard_p: float) -> None:
    plain = parse(name)
    assert parse(f"{name}:guard_ms={guard_ms},guard_p={guard_p}") == Guarded(
        plain, guard_ms, guard_p
    )


def test_a_policy_with_a_guard_of_that_name_keeps_it_for_itself() -> None:
    assert parse("alignatt:guard_ms=300") == AlignAtt(guard_ms=300)
    assert parse("alignatt:guard_ms=300,guard_p=0.5") == Guarded(AlignAtt(300), guard_p=0.5)
    assert parse("agree:guard_ms=300") == Agree(guard_ms=300)


def test_any_policy_may_ask_for_more_effort() -> None:
    policy = parse("alignatt:guard_ms=300,beams=5,anew_ms=2000")
    assert policy == Guarded(AlignAtt(300), beams=5, anew_ms=2000)
    assert effort_of(policy) == Effort(beams=5, anew_ms=2000)
    assert effort_of(parse("waitk:k=2")) == Effort()
    assert effort_of(parse("offline")) == Effort(beams=5)
    assert effort_of(parse("offline:beams=1")) == Effort()


@pytest.mark.parametrize("text", ["beams=0", "beams=9", "anew_ms=-1", "anew_ms=30001"])
def test_effort_has_its_bounds(text: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        parse(f"waitk:{text}")
    assert refused.value.reason is Reason.BAD_POLICY


@pytest.mark.parametrize("name", QUALITIES)
def test_a_quality_is_the_policy_that_it_names(name: str) -> None:
    assert parse(name) == parse(QUALITIES[name])
    assert (name in names(), dict(parameters(name)), summary(name)) == (True, {}, QUALITIES[name])
    with pytest.raises(NotServed):
        parse(f"{name}:k=1")


def test_what_is_best_takes_more_effort_than_what_is_fast() -> None:
    best, fast = effort_of(parse(BEST)), effort_of(parse(FAST))
    assert (best.beams, best.anew_ms) > (fast.beams, fast.anew_ms)


@pytest.mark.parametrize("text", [" waitk:k=2 ", "waitk: k = 2", "waitk:k=2,", "waitk:,k=2"])
def test_spaces_and_empty_parts_say_nothing(text: str) -> None:
    assert parse(text) == WaitK(k=2)


def test_an_unknown_parameter_is_answered_with_the_known_ones() -> None:
    with pytest.raises(InvalidRequest) as refused:
        parse("waitk:lag=3")
    for name in ("k", "unit_ms", "words", "catchup", "guard_ms", "guard_p"):
        assert name in refused.value.message
    assert "policy" not in refused.value.message.split("known:")[1]


@pytest.mark.parametrize(
    ("unit_ms", "allowed"), [(31, False), (32, True), (10_000, True), (10_001, False)]
)
def test_units_have_a_range_for_every_policy(unit_ms: int, allowed: bool) -> None:
    for name in ("waitk", "agree", "hold", "alignatt", "fixed", "offline"):
        if allowed:
            assert parse(f"{name}:unit_ms={unit_ms}").unit_ms == unit_ms
            continue
        with pytest.raises(InvalidRequest) as refused:
            parse(f"{name}:unit_ms={unit_ms}")
        assert refused.value.reason is Reason.BAD_POLICY


@policy("needs-a-word")
@dataclass(frozen=True, slots=True)
class NeedsAWord:
    """A policy with a parameter that has no default."""

    word: str
    unit_ms: int = 500

    def ask(self, view: View) -> Ask | None:
        return Ask(1)

    def decide(self, view: View, hypothesis: Hypothesis) -> Action:
        return write(1)


def test_a_parameter_without_a_default_must_be_given() -> None:
    assert parameters("needs-a-word") == {"word": None, "unit_ms": 500}
    assert parse("needs-a-word:word=so") == NeedsAWord("so")
    with pytest.raises(InvalidRequest) as refused:
        parse("needs-a-word")
    assert refused.value.reason is Reason.BAD_POLICY


def test_what_is_registered_is_known_by_name() -> None:
    assert "needs-a-word" in names()
    assert names() == sorted(names())


def test_a_file_that_is_no_python_is_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("policies") / "mine.txt"
    file.write_text("waitk")
    with pytest.raises(InvalidRequest, match="Python file"):
        load_file(file)


def test_policies_are_values() -> None:
    first, second = parse("waitk:k=3"), parse("waitk:k=3")
    assert first == second
    assert isinstance(first, WaitK)
    assert hash(first) == hash(second)
    assert replace(first, k=4) != first
    assert isinstance(first, Policy)


@pytest.mark.parametrize(
    "text",
    [
        "waitk-adaptive:k_max=" + "9" * 400,
        "waitk:words=" + "9" * 400,
        "fixed:words=-1",
        "hold:n=-3",
        "alignatt:guard_ms=-1",
        "waitk:k=3,guard_ms=-1",
        "waitk-adaptive:rho_max=nan",
        "waitk:k=1,guard_p=nan",
        "waitk:catchup=inf",
    ],
)
def test_numbers_that_no_policy_can_mean_are_refused(text: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        parse(text)
    assert refused.value.reason is Reason.BAD_POLICY


def test_a_summary_needs_no_parameters() -> None:
    assert summary("needs-a-word") == "A policy with a parameter that has no default."
