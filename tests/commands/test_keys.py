import pytest

from interp.commands.keys import Keys, paced_policy
from interp.core.events import MuteSpeech, SetPolicy, SkipBacklog
from interp.outlets.terminal import Status
from interp.policies import parse
from interp.policies.registry import names, parameters
from interp.wire.messages import Control


@pytest.mark.parametrize(
    ("policy", "slower", "faster"),
    [
        ("waitk:k=3,unit_ms=500", "waitk:k=4,unit_ms=500", "waitk:k=2,unit_ms=500"),
        ("waitk:k=1", "waitk:k=2", "waitk:k=1"),
        ("alignatt:guard_ms=600", "alignatt:guard_ms=800", "alignatt:guard_ms=400"),
        ("offline", "offline", "offline"),
    ],
)
def test_a_step_changes_what_the_pace_hangs_on(policy: str, slower: str, faster: str) -> None:
    assert paced_policy(policy, slower=True) == slower
    assert paced_policy(policy, slower=False) == faster


def test_every_policy_can_be_stepped_either_way() -> None:
    whole = [name for name in names() if None not in parameters(name).values()]
    assert {"waitk", "agree", "alignatt", "hold"} <= set(whole)
    for name in whole:
        for slower in (True, False):
            assert parse(paced_policy(name, slower=slower))


def test_keys_become_controls_and_the_status_says_how_it_stands() -> None:
    sent: list[Control] = []
    ended: list[bool] = []
    status = Status()
    keys = Keys("waitk:k=3", sent.append, lambda: ended.append(True), status)
    for key in "ms+xq":
        keys.press(key)
    assert sent == [MuteSpeech(True), SkipBacklog(), SetPolicy("waitk:k=2")]
    assert ended == [True]
    assert status.note == "muted  waitk:k=2"
    assert "q quit" in status.keys
    keys.press("m")
    assert sent[-1] == MuteSpeech(False)
