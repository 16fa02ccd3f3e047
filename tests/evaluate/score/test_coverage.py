from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interp.evaluate.record.log import Emission, Instance, Stretch
from interp.evaluate.score.coverage import (
    REACH_MS,
    covered_ms,
    lost,
    lost_clauses,
    voiced_ms,
)


def heard(
    points: Sequence[float], voiced: Sequence[tuple[float, float]], *, length_ms: float = 60_000
) -> Instance:
    return Instance(
        0,
        "a",
        length_ms,
        words=tuple(Emission(" w", point + 900, source_end_ms=point) for point in points),
        voiced=tuple(Stretch(*ends) for ends in voiced),
    )


def test_words_all_along_cover_everything() -> None:
    instance = heard([500, 1500, 2500], [(0, 3000)])
    assert (covered_ms(instance), voiced_ms(instance)) == (3000, 3000)


def test_a_lost_clause_is_not_covered() -> None:
    # Seven seconds behind the last word, less what its attention reaches.
    instance = heard([500, 1500, 2500], [(0, 9500)])
    assert covered_ms(instance) == 2500 + REACH_MS
    assert voiced_ms(instance) == 9500


def test_a_hole_in_the_middle_is_not_covered() -> None:
    instance = heard([1000, 6000], [(0, 7000)])
    assert covered_ms(instance) == 2000 + 2000


def test_silence_is_neither_covered_nor_due() -> None:
    instance = heard([1000, 6000], [(0, 2000), (5000, 7000)])
    assert (covered_ms(instance), voiced_ms(instance)) == (4000, 4000)


def test_points_close_together_count_once() -> None:
    assert covered_ms(heard([1000, 1001, 1002, 1000], [(0, 10_000)])) == 2002


def test_a_recording_without_words_is_not_covered_at_all() -> None:
    instance = heard([], [(0, 4000)])
    assert (covered_ms(instance), voiced_ms(instance)) == (0, 4000)


def test_a_log_that_does_not_tell_what_words_attend_to_has_nothing_due() -> None:
    bare = Instance(0, "a", 4000, words=(Emission(" w", 900),), voiced=(Stretch(0, 4000),))
    assert voiced_ms(bare) == 0
    assert voiced_ms(heard([500], [])) == 0


@given(
    st.lists(st.floats(0, 20_000), max_size=12),
    st.lists(st.tuples(st.floats(0, 3000), st.floats(1, 3000)), max_size=6),
)
def test_what_is_covered_is_what_counting_milliseconds_says(
    points: list[float], gaps: list[tuple[float, float]]
) -> None:
    stretches, at = [], 0.0
    for pause, length in gaps:
        stretches.append((round(at + pause), round(at + pause + length)))
        at = stretches[-1][1]
    whole = [round(point) for point in points]
    counted = sum(
        any(abs(ms + 0.5 - point) < REACH_MS for point in whole)
        for start, end in stretches
        for ms in range(start, end)
    )
    assert covered_ms(heard([float(p) for p in whole], stretches)) == pytest.approx(counted)


def test_what_is_lost_and_what_is_covered_make_up_the_voiced_time() -> None:
    instance = heard([1000, 6000], [(0, 2500), (3000, 9500)])
    assert lost(instance) == (Stretch(2000, 2500), Stretch(3000, 5000), Stretch(7000, 9500))
    assert covered_ms(instance) == 9000 - (500 + 2000 + 2500)


def test_a_lost_clause_goes_on_over_a_breath() -> None:
    instance = heard([1000, 6000], [(0, 2500), (3000, 9500)])
    assert lost_clauses(instance) == (Stretch(2000, 5000), Stretch(7000, 9500))


def test_less_than_a_second_is_no_clause() -> None:
    assert lost_clauses(heard([1000], [(0, 2900)])) == ()
    assert lost_clauses(heard([1000], [(0, 3000)])) == (Stretch(2000, 3000),)
