"""Schedules worked out by hand."""

import numpy as np

from training.omni.schedule import (
    FRAME_MS,
    Heard,
    ScheduleConfig,
    aligned,
    drawn,
    heard_frames,
    one_a_frame,
    wait_k,
)

STARTS = (True, False, True, True)  # three words, the last of them the end


def test_wait_k_writes_a_word_a_unit_after_k() -> None:
    assert wait_k(STARTS, k=2, unit_frames=4, frames=40) == [7, 8, 11, 15]


def test_wait_k_writes_the_rest_when_all_was_heard() -> None:
    assert wait_k(STARTS, k=2, unit_frames=4, frames=9) == [7, 8, 9, 10]
    assert wait_k(STARTS, k=5, unit_frames=4, frames=9) == [8, 9, 10, 11]


def test_no_unit_counts_the_silence_at_the_end() -> None:
    assert wait_k(STARTS, k=2, unit_frames=4, frames=20, spoken=9) == [7, 8, 19, 20]
    assert Heard(20, ends_at(4, 7)).spoken == 8
    assert Heard(7, ends_at(4, 7)).spoken == Heard(7).spoken == 7


def test_words_that_come_late_push_back_what_follows_them() -> None:
    late = [1, 0, 2, 0]
    assert wait_k(STARTS, k=2, unit_frames=4, frames=40, late=late) == [8, 9, 14, 18]
    assert wait_k(STARTS, k=2, unit_frames=4, frames=11, late=late) == [8, 9, 10, 11]


def test_some_samples_are_late_and_none_is_early() -> None:
    exact, config = ScheduleConfig(most_k=1, unit_frames=4), ScheduleConfig(1, 1, 4, late_frames=3)
    first, *_ = drawn(exact, STARTS, Heard(40), np.random.default_rng(0)).writes
    rng = np.random.default_rng(0)
    begun = {drawn(config, STARTS, Heard(40), rng).writes[0] - first for _ in range(100)}
    assert begun == {0, 1, 2, 3}


def test_an_aligned_word_waits_for_its_source_and_for_the_word_before() -> None:
    assert aligned(STARTS, heard=[5, 2, 9]) == [5, 6, 7, 9]


def test_no_frame_has_two_tokens() -> None:
    assert one_a_frame([3, 3, 3, 9, 4]) == [3, 4, 5, 9, 10]


def test_k_is_drawn_over_its_range_and_told_and_some_samples_are_cut() -> None:
    config = ScheduleConfig(least_k=1, most_k=3, unit_frames=4, told=0.5, truncated=0.5)
    rng = np.random.default_rng(0)
    seen = [drawn(config, STARTS, Heard(40), rng) for _ in range(400)]
    assert {one.writes[0] for one in seen} == {3, 7, 11}
    told = [one for one in seen if one.k]
    assert 0.4 < len(told) / len(seen) < 0.6
    assert all(one.writes[0] == 4 * one.k - 1 for one in told)
    cut = [one.frames for one in seen if one.frames < 40]
    assert 0.4 < len(cut) / len(seen) < 0.6
    assert min(cut) >= 1


def ends_at(*frames: int) -> list[int]:
    return [round(FRAME_MS * frame) + 1 for frame in frames]


def test_words_that_nobody_aligned_share_the_source_in_order() -> None:
    heard = Heard(10, ends_at(2, 4, 6, 8))
    assert heard_frames(heard, 4) == [2, 4, 6, 8, 8]
    assert heard_frames(heard, 2) == [4, 8, 8]
    assert heard_frames(heard, 8) == [2, 2, 4, 4, 6, 6, 8, 8, 8]


def test_an_aligned_word_is_heard_with_the_one_it_stands_for() -> None:
    heard = Heard(10, ends_at(2, 4, 6), reads=(0, 2, 1, 2))
    assert heard_frames(heard, 4) == [2, 6, 4, 6, 6]


def test_samples_with_word_times_are_written_as_these_allow_and_nobody_is_told() -> None:
    config = ScheduleConfig(truncated=0.0, aligned=1.0)
    rng = np.random.default_rng(0)
    one = drawn(config, STARTS, Heard(12, ends_at(4, 9)), rng)
    assert (one.writes, one.frames, one.k) == ([4, 5, 9, 10], 12, 0)
    assert drawn(config, STARTS, Heard(40), rng).writes[0] % config.unit_frames == 5
