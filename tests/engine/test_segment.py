import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from interp.core.audio import Samples
from interp.engine.segment import Segment


def piece(*values: float) -> Samples:
    return np.array(values, np.float32)


def segment() -> Segment:
    return Segment(3, 512, source="the state")


def test_what_waits_becomes_one_step_for_the_source() -> None:
    open_segment = segment()
    open_segment.hear(piece(1, 2), 2)
    open_segment.hear(piece(3), 0)
    step = open_segment.unencoded(finished=False)
    assert step is not None
    assert step.state == "the state"
    assert step.audio.tolist() == [1, 2, 3]
    assert not step.finished
    assert open_segment.voiced_samples == 2


def test_where_nothing_waits_there_is_nothing_to_encode() -> None:
    open_segment = segment()
    assert open_segment.unencoded(finished=False) is None
    open_segment.hear(piece(1), 1)
    assert open_segment.unencoded(finished=False) is not None
    assert open_segment.unencoded(finished=False) is None


def test_the_end_is_told_once_even_without_audio() -> None:
    open_segment = segment()
    last = open_segment.unencoded(finished=True)
    assert last is not None
    assert last.finished
    assert last.audio.size == 0
    assert open_segment.unencoded(finished=True) is None


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=20))
def test_every_sample_is_encoded_once_and_in_order(plan: list[tuple[int, bool]]) -> None:
    open_segment, heard, encoded = segment(), 0, list[float]()
    for count, due in plan:
        open_segment.hear(piece(*range(heard, heard + count)), count)
        heard += count
        if due and (step := open_segment.unencoded(finished=False)):
            encoded += step.audio.tolist()
    last = open_segment.unencoded(finished=True)
    assert last is not None
    assert encoded + last.audio.tolist() == list(range(heard))
    assert open_segment.voiced_samples == heard
