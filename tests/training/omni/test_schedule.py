"""Schedules worked out by hand."""

import numpy as np

from training.omni.schedule import (
    FRAME_MS,
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


def test_an_aligned_word_waits_for_its_source_and_for_the_word_before() -> None:
    assert aligned(STARTS, heard=[5, 2, 9]) == [5, 6, 7, 9]


def test_no_frame_has_two_tokens() -> None:
    assert one_a_frame([3, 3, 3, 9, 4]) == [3, 4, 5, 9, 10]


def test_k_is_drawn_over_its_range_and_some_samples_are_cut() -> None:
    config = ScheduleConfig(least_k=1, most_k=3, unit_frames=4, truncated=0.5)
    rng = np.random.default_rng(0)
    seen = [drawn(config, STARTS, 40, (), rng) for _ in range(400)]
    assert {writes[0] for writes, _ in seen} == {3, 7, 11}
    cut = [frames for _, frames in seen if frames < 40]
    assert 0.4 < len(cut) / len(seen) < 0.6
    assert min(cut) >= 1


def test_words_share_the_source_in_order() -> None:
    ends_ms = [round(FRAME_MS * frame) + 1 for frame in (2, 4, 6, 8)]
    assert heard_frames(ends_ms, 4) == [2, 4, 6, 8, 8]
    assert heard_frames(ends_ms, 2) == [4, 8, 8]
    assert heard_frames(ends_ms, 8) == [2, 2, 4, 4, 6, 6, 8, 8, 8]


def test_samples_with_word_times_are_written_as_these_allow() -> None:
    config = ScheduleConfig(truncated=0.0, aligned=1.0)
    ends_ms = [round(FRAME_MS * frame) + 1 for frame in (4, 9)]
    rng = np.random.default_rng(0)
    assert drawn(config, STARTS, 12, ends_ms, rng) == ([4, 5, 9, 10], 12)
    assert drawn(config, STARTS, 40, (), rng)[0][0] % config.unit_frames == 5
