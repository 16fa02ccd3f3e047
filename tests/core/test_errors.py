import pickle

import pytest

from interp.core import errors
from interp.core.errors import AtCapacity, InterpError, NotServed, Reason

KINDS = InterpError.__subclasses__()


def test_the_docstring_draws_every_kind() -> None:
    assert errors.__doc__ is not None
    drawn = {line.split()[1] for line in errors.__doc__.splitlines() if line[:1] in {"├", "└"}}
    assert drawn == {kind.__name__ for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_comes_through_another_process_whole(kind: type[InterpError]) -> None:
    sent = kind(Reason.NO_LANE, "all lanes are taken", retry_after_ms=250)
    came = pickle.loads(pickle.dumps(sent))
    assert type(came) is kind
    assert (came.reason, came.message, came.retry_after_ms) == (
        Reason.NO_LANE,
        "all lanes are taken",
        250,
    )
    assert str(came) == "all lanes are taken"


def test_when_to_try_again_is_told_only_where_it_is_known() -> None:
    assert AtCapacity(Reason.QUOTA, "quota").retry_after_ms is None


def test_every_kind_is_caught_as_ours_and_as_no_other() -> None:
    for kind in KINDS:
        with pytest.raises(InterpError) as caught:
            raise kind(Reason.ENGINE_FAILED, "fault")
        assert [other for other in KINDS if isinstance(caught.value, other)] == [kind]


def test_reasons_are_sent_by_their_own_name() -> None:
    assert all(reason.value == reason.name for reason in Reason)
    assert NotServed(Reason.VOICE_NOT_SERVED, "m").reason == "VOICE_NOT_SERVED"
