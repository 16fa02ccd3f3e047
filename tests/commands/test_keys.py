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


@pytest.mark.parametrize(
    ("policy", "slower", "faster"),
    [
        ("waitk-adaptive:k_min=2,k_max=7", "k_max=8", "k_max=6"),
        ("agree:n=2,unit_ms=1000", "agree:n=3,unit_ms=1000", "agree:n=2,unit_ms=1000"),
        ("hold:n=3", "hold:n=4", "hold:n=2"),
        ("alignatt:guard_ms=100", "guard_ms=300", "guard_ms=0"),
        ("agree:n=2,guard_ms=1000", "guard_ms=1200", "guard_ms=800"),
        ("best", "guard_ms=1200", "guard_ms=800"),
        ("fast", "alignatt:guard_ms=1400", "alignatt:guard_ms=1000"),
    ],
)
def test_each_kind_of_policy_has_a_step_of_its_own(policy: str, slower: str, faster: str) -> None:
    assert slower in paced_policy(policy, slower=True)
    assert faster in paced_policy(policy, slower=False)


@pytest.mark.parametrize("policy", ["waitk:k=5,unit_ms=500", "hold:n=4", "alignatt:guard_ms=800"])
def test_a_step_and_a_step_back_are_the_same_policy(policy: str) -> None:
    assert paced_policy(paced_policy(policy, slower=True), slower=False) == policy
    assert paced_policy(paced_policy(policy, slower=False), slower=True) == policy


@pytest.mark.parametrize("policy", ["waitk:k=3", "agree:n=2", "hold:n=3", "alignatt:guard_ms=500"])
def test_however_often_a_key_is_pressed_the_policy_stays_one(policy: str) -> None:
    for slower in (False, True):
        stepped = policy
        for _ in range(30):
            stepped = paced_policy(stepped, slower=slower)
            assert parse(stepped)


def made(policy: str = "waitk:k=3") -> tuple[Keys, list[Control], list[bool], Status]:
    sent: list[Control] = []
    ended: list[bool] = []
    status = Status()
    return Keys(policy, sent.append, lambda: ended.append(True), status), sent, ended, status


@pytest.mark.parametrize("key", ["x", " ", "M", "Q", "1", "\x1b", "\n"])
def test_other_keys_do_nothing(key: str) -> None:
    keys, sent, ended, status = made()
    keys.press(key)
    assert (sent, ended, status.note) == ([], [], "")


@pytest.mark.parametrize(
    ("pressed", "note"),
    [
        ("m", "muted  waitk:k=3"),
        ("mm", "waitk:k=3"),
        ("mmm", "muted  waitk:k=3"),
        ("s", "waitk:k=3"),
        ("-", "waitk:k=4"),
        ("--+", "waitk:k=4"),
        ("++++", "waitk:k=1"),
        ("m-", "muted  waitk:k=4"),
        ("-x", "waitk:k=4"),
    ],
)
def test_the_note_says_what_keys_have_come_to(pressed: str, note: str) -> None:
    keys, _, _, status = made()
    for key in pressed:
        keys.press(key)
    assert status.note == note


def test_keys_are_told_from_the_start() -> None:
    _, sent, _, status = made()
    assert status.keys == "m mute  s skip  + faster  - slower  q quit"
    assert sent == []


def test_the_end_is_no_control() -> None:
    keys, sent, ended, _ = made()
    keys.press("q")
    assert (sent, ended) == ([], [True])
