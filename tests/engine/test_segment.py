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


def test_the_rest_of_a_segment_is_what_was_heard_from_there_on() -> None:
    whole = Segment(3, 1000, source="the state", anew_ms=40)
    whole.hear(piece(0, 1, 2, 3), 4)
    whole.hear(piece(4, 5, 6, 7), 0)
    whole.hear(piece(8, 9), 2)
    whole.unencoded(finished=True)
    rest = whole.rest(4, "another state", 1002)
    step = rest.unencoded(finished=True)
    assert step is not None
    assert step.audio.tolist() == [2, 3, 4, 5, 6, 7, 8, 9]
    assert (rest.number, rest.start_sample, step.state, step.anew_ms) == (
        4,
        1002,
        "another state",
        40,
    )
    assert rest.voiced_samples == whole.voiced_from(1002) == 4
    assert whole.voiced_from(1004) == whole.voiced_from(1008) == 2
    assert whole.voiced_from(1010) == 0
