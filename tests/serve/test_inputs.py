import numpy as np
import pytest

from interp.core.errors import Reason, SessionLimit, Unavailable
from interp.core.events import Audio, Checkpoint, End, Input, MuteSpeech, Replay
from interp.serve.inputs import MAX_WAITING_INPUTS, Inputs

SAMPLES_A_MS = 16


def audio(ms: int) -> Audio:
    return Audio(np.zeros(ms * SAMPLES_A_MS, np.float32), 0.0)


def holding(*items: Input, journal_s: float = 1.0, recorded: bool = False) -> Inputs:
    inputs = Inputs(journal_s=journal_s, recorded=recorded)
    for item in items:
        inputs.put(item)
    return inputs


def test_what_is_put_in_is_taken_once_in_order() -> None:
    items: list[Input] = [audio(10), MuteSpeech(True), End()]
    inputs = holding(*items)
    assert inputs.take() == items
    assert inputs.take() == []


def test_a_lost_replica_s_inputs_are_taken_again_from_the_checkpoint() -> None:
    first, second = audio(10), audio(20)
    inputs = holding(first, second)
    inputs.take()
    checkpoint = Checkpoint(first.samples.size, 0, None)
    inputs.note(checkpoint)
    inputs.rewind(15)
    known, again = inputs.take()
    assert inputs.checkpoint == checkpoint
    assert isinstance(known, Replay)
    assert known.until_samples == 15 * SAMPLES_A_MS
    assert isinstance(again, Audio)
    assert again.samples.size == second.samples.size


def test_what_was_let_go_cannot_be_taken_again() -> None:
    inputs = holding(audio(600), audio(600))
    with pytest.raises(Unavailable) as refused:
        inputs.rewind(0)
    assert refused.value.reason is Reason.REPLICA_LOST


def test_only_a_recorded_session_has_fresh_inputs_and_has_them_once() -> None:
    items = (audio(10), End())
    inputs = holding(*items, recorded=True)
    assert inputs.fresh() == items
    assert inputs.fresh() == ()
    assert holding(*items).fresh() == ()


def test_a_flood_between_two_ticks_is_refused() -> None:
    mute = MuteSpeech(True)
    inputs = holding(*[mute] * MAX_WAITING_INPUTS)
    with pytest.raises(SessionLimit) as refused:
        inputs.put(mute)
    assert refused.value.reason is Reason.TOO_FAR_AHEAD
    inputs.take()
    inputs.put(mute)
    assert inputs.take() == [mute]


def test_a_session_that_is_over_holds_nothing() -> None:
    inputs = holding(audio(10))
    inputs.close()
    assert inputs.take() == []
