import pytest
from hypothesis import given
from hypothesis import strategies as st

from interp.evaluate.record.errors import EvaluationError
from interp.evaluate.record.sweep import MAX_POINTS, STANDARD, expand, families, operating_points
from interp.policies import parse


def test_a_range_has_both_ends() -> None:
    assert expand("waitk:k=1..3") == ("waitk:k=1", "waitk:k=2", "waitk:k=3")
    assert expand("alignatt:guard_ms=200..600:200")[-1] == "alignatt:guard_ms=600"


def test_a_range_of_fractions_is_exact() -> None:
    assert expand("waitk:guard_p=0.1..0.4:0.1")[2] == "waitk:guard_p=0.3"


def test_several_parameters_give_every_combination() -> None:
    assert expand("waitk:k=1|3,unit_ms=320..640:320,words=1") == (
        "waitk:k=1,unit_ms=320,words=1",
        "waitk:k=1,unit_ms=640,words=1",
        "waitk:k=3,unit_ms=320,words=1",
        "waitk:k=3,unit_ms=640,words=1",
    )


def test_a_policy_without_parameters_is_one_point() -> None:
    assert expand("offline") == ("offline",)


@pytest.mark.parametrize(
    "sweep", ["waitk:k=3..1", "waitk:k=a..b", "waitk:k=1..3:0", f"waitk:k=0..{MAX_POINTS}"]
)
def test_a_senseless_range_is_refused(sweep: str) -> None:
    with pytest.raises(EvaluationError):
        expand(sweep)


def test_a_product_without_end_is_refused() -> None:
    with pytest.raises(EvaluationError, match="more than"):
        expand("waitk:k=1..100,unit_ms=320..640:10")


def test_parameters_without_a_name_are_refused() -> None:
    with pytest.raises(EvaluationError, match="key=value"):
        expand("waitk:3")


def test_a_point_given_twice_is_run_once() -> None:
    assert operating_points(["waitk:k=2"], ["waitk:k=1..2"]) == ("waitk:k=2", "waitk:k=1")


def test_every_standard_point_is_a_policy() -> None:
    assert {"offline", "best", "fast"} <= set(STANDARD)
    for policy in STANDARD:
        parse(policy)


def test_a_family_is_one_parameter_swept_with_the_rest_equal() -> None:
    found = families(
        ["waitk:k=1", "waitk:k=1,guard_ms=400", "agree", "waitk:k=3", "waitk:k=3,guard_ms=400"]
    )
    assert [(f.label, f.swept, f.members) for f in found] == [
        ("waitk", "k", (0, 3)),
        ("waitk guard_ms=400", "k", (1, 4)),
        ("agree", "", (2,)),
    ]


def test_points_that_differ_in_everything_share_a_line() -> None:
    (family,) = families(["hold:n=2,unit_ms=500", "hold:n=4,unit_ms=1000"])
    assert (family.label, family.swept) == ("hold (n, unit_ms)", "")
    assert family.members == (0, 1)


def test_a_point_of_its_own_is_called_by_all_its_parameters() -> None:
    found = families(["waitk:k=1", "waitk:k=3", "waitk:k=3,guard_ms=400"])
    assert [family.label for family in found] == ["waitk", "waitk guard_ms=400 k=3"]


@given(st.integers(0, 50), st.integers(0, 20), st.integers(1, 7))
def test_a_range_steps_from_its_first_to_its_last(low: int, steps: int, by: int) -> None:
    found = expand(f"p:k={low}..{low + steps * by}:{by}")
    assert found == tuple(f"p:k={low + i * by}" for i in range(steps + 1))


@given(st.lists(st.sampled_from(["p:a=1", "p:a=2", "p:a=1,b=2", "q", "q:a=3"]), min_size=1))
def test_every_point_is_on_one_line(policies: list[str]) -> None:
    members = [index for family in families(policies) for index in family.members]
    assert sorted(members) == list(range(len(policies)))


def test_policies_come_before_sweeps_and_spaces_do_not_matter() -> None:
    assert operating_points([" offline "], ["waitk:k=1..2", "agree"]) == (
        "offline",
        "waitk:k=1",
        "waitk:k=2",
        "agree",
    )


def test_a_line_runs_along_the_parameter_with_the_most_values() -> None:
    found = families(["p:a=1,b=1", "p:a=2,b=1", "p:a=3,b=1", "p:a=1,b=2"])
    assert [(family.label, family.swept) for family in found] == [("p b=1", "a"), ("p b=2", "a")]


def test_the_order_of_parameters_makes_no_other_line() -> None:
    (family,) = families(["p:a=1,b=7", "p:b=7,a=2"])
    assert (family.label, family.swept, family.members) == ("p b=7", "a", (0, 1))
