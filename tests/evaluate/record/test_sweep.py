import pytest

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
    assert len(STANDARD) >= 12
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
