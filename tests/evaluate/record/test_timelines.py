import pytest
from hypothesis import given
from hypothesis import strategies as st

from interp.core.latency_elapsed import Step
from interp.evaluate.record.log import Emission, Instance, SpeechEmission
from interp.evaluate.record.timelines import (
    LatencyUnit,
    TimeModel,
    reference_units,
    target_units,
    times,
)

PIECES = Instance(
    0,
    "a.wav",
    1000,
    words=(
        Emission(" I", 100, 110, 0, 0),
        Emission("'m", 200, 230, 0, 1),
        Emission(" so  glad", 300, 310, 0, 2),
    ),
    steps=(Step(100, 10), Step(200, 200), Step(300, 50)),
)


def test_a_unit_written_in_pieces_has_the_time_of_its_last_piece() -> None:
    units = target_units(PIECES, LatencyUnit.WORD)
    assert [(unit.text, unit.delay_ms) for unit in units] == [
        ("I'm", 200),
        ("so", 300),
        ("glad", 300),
    ]
    assert " ".join(unit.text for unit in units) == PIECES.prediction


def test_characters_share_the_time_of_their_word() -> None:
    units = target_units(PIECES, LatencyUnit.CHAR)
    assert "".join(unit.text for unit in units) == "I'msoglad"
    assert [unit.delay_ms for unit in units] == [200] * 3 + [300] * 6


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (TimeModel.DELAY, [200, 300, 300]),
        (TimeModel.RECORDED, [230, 310, 310]),
        (TimeModel.OVERLAPPED, [400, 450, 450]),
        (TimeModel.ACCUMULATED, [410, 560, 560]),
    ],
)
def test_each_model_gives_its_own_times(model: TimeModel, expected: list[float]) -> None:
    assert times(target_units(PIECES, LatencyUnit.WORD), PIECES.steps, model) == expected


def test_a_model_without_its_data_has_no_times() -> None:
    units = (Emission(" a", 100),)
    for model in (TimeModel.RECORDED, TimeModel.OVERLAPPED, TimeModel.ACCUMULATED):
        assert times(units, (), model) is None


def test_speech_without_words_counts_by_chunks() -> None:
    instance = Instance(0, "a", 900, speech=(SpeechEmission(100, 50), SpeechEmission(400, 80)))
    units = target_units(instance, LatencyUnit.WORD)
    assert [unit.delay_ms for unit in units] == [100, 400]


def test_reference_length_counts_single_spaces_as_simuleval_does() -> None:
    assert reference_units("a b  c", LatencyUnit.WORD) == 4
    assert reference_units(" ab c ", LatencyUnit.CHAR) == 4
    assert reference_units("", LatencyUnit.WORD) == 1
    assert reference_units(None, LatencyUnit.WORD) == 0


@given(st.lists(st.tuples(st.text("ab ", min_size=1, max_size=5), st.integers(0, 99)), max_size=8))
def test_units_are_the_words_of_the_prediction(pieces: list[tuple[str, int]]) -> None:
    times_ms = sorted(time for _, time in pieces)
    words = tuple(
        Emission(text, float(time)) for (text, _), time in zip(pieces, times_ms, strict=True)
    )
    instance = Instance(0, "a", 100, words=words)
    units = target_units(instance, LatencyUnit.WORD)
    # A piece with an inner or trailing space ends its word; the next piece without one goes on.
    assert "".join(unit.text for unit in units) == instance.prediction.replace(" ", "")
    assert [unit.delay_ms for unit in units] == sorted(unit.delay_ms for unit in units)


def test_what_a_unit_attends_to_is_that_of_its_last_piece() -> None:
    words = (Emission(" a", 100, source_end_ms=60), Emission("b", 200, source_end_ms=160))
    (unit,) = target_units(Instance(0, "a", 300, words=words), LatencyUnit.WORD)
    assert (unit.text, unit.source_end_ms) == ("ab", 160)
