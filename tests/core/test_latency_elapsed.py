import pytest
from hypothesis import given
from hypothesis import strategies as st

from interp.core.latency_elapsed import (
    Interval,
    Step,
    accumulated_elapsed,
    discontinuity,
    erased_words,
    heard_times,
    normalised_erasure,
    overlapped_elapsed,
    playback,
    real_time_factor,
)

STEPS = [Step(1000, 200), Step(1500, 700), Step(2000, 100)]


def test_accumulated_compute_piles_up_on_every_later_step() -> None:
    assert accumulated_elapsed(STEPS) == [1200, 2400, 3000]


def test_overlapped_compute_waits_only_for_the_step_before() -> None:
    assert overlapped_elapsed(STEPS) == [1200, 2200, 2300]


steps = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 900)), max_size=20).map(
    lambda pairs: [
        Step(sum(gap for gap, _ in pairs[: i + 1]), compute) for i, (_, compute) in enumerate(pairs)
    ]
)


@given(steps)
def test_overlap_is_never_slower_than_accumulation_nor_faster_than_one_step(
    made: list[Step],
) -> None:
    overlapped = overlapped_elapsed(made)
    assert overlapped == sorted(overlapped)
    for step, quick, slow in zip(made, overlapped, accumulated_elapsed(made), strict=True):
        assert step.delay_ms + step.compute_ms <= quick <= slow


@given(steps)
def test_free_compute_leaves_the_delays(made: list[Step]) -> None:
    free = [Step(step.delay_ms, 0) for step in made]
    assert overlapped_elapsed(free) == accumulated_elapsed(free) == [s.delay_ms for s in made]


def test_real_time_factor_is_compute_over_source() -> None:
    assert real_time_factor(STEPS, 4000) == 0.25


def test_a_chunk_is_played_when_it_is_there_and_the_one_before_is_over() -> None:
    played = playback([1000, 1500, 3000], [750, 750, 900])
    assert played == [Interval(1000, 1750), Interval(1750, 2500), Interval(3000, 3900)]


def test_vector_h_ends_800_ms_after_its_source() -> None:
    assert playback([1000, 1500, 2000], [750, 750, 900])[-1].end_ms - 2600 == 800


def test_words_are_heard_evenly_over_their_chunk() -> None:
    played = [Interval(0, 900), Interval(1000, 1400), Interval(1400, 1500)]
    assert heard_times(played, [3, 0, 1]) == pytest.approx([300, 600, 900, 1500])


def test_waits_inside_speech_are_counted_and_the_first_wait_is_not() -> None:
    found = discontinuity(playback([500, 2000, 2100, 4000], [1000, 200, 300, 500]))
    assert found.waits_ms == (500, 1500)
    assert (found.total_ms, found.mean_ms, found.spoken_ms) == (2000, 1000, 2000)
    assert found.silence_share == 0.5


def test_speech_without_waits_has_no_silence() -> None:
    found = discontinuity(playback([500], [1000]))
    assert (found.total_ms, found.mean_ms, found.silence_share) == (0, 0, 0)


@pytest.mark.parametrize(
    ("before", "after", "erased"),
    [("a b c", "a b c d", 0), ("a b c", "a x", 2), ("a b", "", 2), ("", "a", 0), ("a b", "a", 1)],
)
def test_words_past_the_common_prefix_are_erased(before: str, after: str, erased: int) -> None:
    assert erased_words(before.split(), after.split()) == erased


def test_normalised_erasure_is_over_all_final_words() -> None:
    assert normalised_erasure([2, 1], [4, 2]) == 0.5
    assert normalised_erasure([3], [0]) is None
