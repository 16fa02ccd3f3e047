import pytest

from interp.core.errors import InvalidRequest, NotServed
from interp.core.events import Output, SetOutputs, SetPolicy
from interp.policies.qualities import BEST, FAST
from interp.serve.target_policies import TargetPolicies

OWN = "waitk:k=2,unit_ms=400"
TEXT = frozenset({Output.TEXT})


def test_only_targets_that_leave_it_to_the_service_are_changed() -> None:
    policies = TargetPolicies([BEST, OWN, BEST])
    assert list(policies.serve_at(FAST)) == [SetPolicy(FAST, 0), SetPolicy(FAST, 2)]


def test_a_quality_in_force_is_not_put_in_force_again() -> None:
    policies = TargetPolicies([BEST])
    assert not list(policies.serve_at(BEST))
    assert list(policies.serve_at(FAST)) == [SetPolicy(FAST, 0)]
    assert not list(policies.serve_at(FAST))
    assert list(policies.serve_at(BEST)) == [SetPolicy(BEST, 0)]


def test_a_target_that_is_given_a_policy_keeps_it() -> None:
    policies = TargetPolicies([BEST, BEST])
    policies.steer(SetPolicy(OWN, 1))
    assert list(policies.serve_at(FAST)) == [SetPolicy(FAST, 0)]


def test_a_policy_for_all_is_one_for_each() -> None:
    policies = TargetPolicies([OWN, BEST])
    policies.steer(SetPolicy(BEST))
    assert list(policies.serve_at(FAST)) == [SetPolicy(FAST, 0), SetPolicy(FAST, 1)]


@pytest.mark.parametrize("control", [SetOutputs(TEXT, 1), SetPolicy(OWN, 1), SetPolicy(OWN, -1)])
def test_a_control_of_a_target_that_is_not_there_is_refused(
    control: SetOutputs | SetPolicy,
) -> None:
    with pytest.raises(InvalidRequest):
        TargetPolicies([BEST]).steer(control)


def test_a_policy_that_is_none_changes_nothing() -> None:
    policies = TargetPolicies([BEST])
    with pytest.raises(NotServed):
        policies.steer(SetPolicy("no such policy"))
    assert list(policies.serve_at(FAST)) == [SetPolicy(FAST, 0)]
