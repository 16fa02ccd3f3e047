"""What a policy needs of a translator, and the refusal where it cannot have it."""

import pytest

from interp.core.errors import InvalidRequest, Reason
from interp.core.translator import Abilities, Hypothesis, Word
from interp.policies import parse
from interp.policies.attention import attention_rule, honoured
from interp.policies.base import words_before

SEEING, BLIND = Abilities(attention=True), Abilities(attention=False)


@pytest.mark.parametrize(
    ("policy", "rule"),
    [
        ("waitk:k=3", ""),
        ("waitk:k=3,guard_p=0.4", ""),
        ("waitk:k=3,guard_ms=0", ""),
        ("waitk:k=3,guard_ms=1", "guard_ms"),
        ("agree:guard_ms=400,guard_p=0.4", "guard_ms"),
        ("alignatt", "alignatt"),
        ("alignatt:guard_p=0.4", "alignatt"),
    ],
)
def test_the_rule_that_looks_at_attention_is_named(policy: str, rule: str) -> None:
    assert attention_rule(parse(policy)) == rule


def test_only_alignatt_is_built_on_attention() -> None:
    ours = ["agree", "alignatt", "fixed", "hold", "offline", "waitk", "waitk-adaptive"]
    assert [name for name in ours if attention_rule(parse(name))] == ["alignatt"]


def test_a_policy_is_passed_on_where_its_rule_can_be_honoured() -> None:
    for text in ("alignatt", "waitk:guard_ms=400"):
        assert honoured(parse(text), SEEING) == parse(text)
    assert honoured(parse("waitk:guard_p=0.4"), BLIND) == parse("waitk:guard_p=0.4")


def test_a_policy_is_refused_where_it_cannot() -> None:
    with pytest.raises(InvalidRequest, match=r"^guard_ms needs") as refused:
        honoured(parse("waitk:guard_ms=400"), BLIND)
    assert refused.value.reason is Reason.BAD_POLICY
    assert "\n" not in refused.value.message


def test_a_word_whose_place_is_not_known_counts_as_late() -> None:
    words = (Word(" a", 0.9, 100), Word(" b", 0.9, None), Word(" c", 0.9, 120))
    assert words_before(Hypothesis(words), 1000) == 1
    assert words_before(Hypothesis(words[:1]), 1000) == 1
    assert words_before(Hypothesis(words[:1]), 100) == 0
