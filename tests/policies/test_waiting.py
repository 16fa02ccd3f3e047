"""Which policies keep a fixed distance that a model may be told."""

import pytest

from interp.core.translator import Wait
from interp.policies import parse
from interp.policies.waiting import wait_of


@pytest.mark.parametrize(
    ("policy", "wait"),
    [
        ("waitk:k=4,unit_ms=512", Wait(4, 512)),
        ("waitk:k=4,unit_ms=512,guard_p=0.3", Wait(4, 512)),
        ("waitk:k=4,words=2", None),
        ("waitk:k=4,catchup=0.2", None),
        ("waitk-adaptive", None),
        ("agree:n=2,unit_ms=400", None),
        ("agree:n=2,unit_ms=400,beams=2", None),
        ("offline", None),
    ],
)
def test_only_a_word_a_unit_is_a_fixed_distance(policy: str, wait: Wait | None) -> None:
    assert wait_of(parse(policy)) == wait
