"""The token grid keeps every code, and lets no special id through."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from interp.models.omni.grid import (
    AudioSpecial,
    GridLayout,
    TextSpecial,
    TokenGrid,
    frames_to_levels,
    levels_to_frames,
)

STAIRCASE = GridLayout()
TOGETHER = GridLayout(text_tokens=50, shifts=(1,) * 7)
layouts = st.sampled_from([STAIRCASE, TOGETHER])


def frames_of(count: int, seed: int = 0) -> torch.Tensor:
    return torch.randint(4096, (count, 7), generator=torch.Generator().manual_seed(seed))


@settings(deadline=None)
@given(layouts, st.integers(0, 40), st.integers(0, 60), st.integers(0, 9))
def test_codes_and_text_of_any_length_survive_the_grid(
    layout: GridLayout, count: int, words: int, seed: int
) -> None:
    frames, text = frames_of(count, seed), [token % 50 for token in range(words)]
    grid = TokenGrid.spoken(layout, frames, text)
    assert torch.equal(grid.frames(), frames)
    assert grid.text() == text


def test_the_released_staircase_is_one_step_a_row_with_an_end_and_pads() -> None:
    grid = TokenGrid.spoken(STAIRCASE, frames_of(2), [5])
    pad, end = STAIRCASE.audio(AudioSpecial.PAD), STAIRCASE.audio(AudioSpecial.END)
    assert grid.ids.shape == (8, 2 + 8)
    for row in range(7):
        assert grid.ids[row].tolist() == [
            *[pad] * (row + 1),
            *frames_of(2)[:, row].tolist(),
            end,
            *[pad] * (6 - row),
        ]
    text_pad = STAIRCASE.text(TextSpecial.PAD)
    assert grid.ids[7].tolist() == [5, STAIRCASE.text(TextSpecial.END), *[text_pad] * 8]


def test_the_released_vocabulary_has_its_published_places() -> None:
    assert STAIRCASE.text(TextSpecial.END) == 151_936
    assert STAIRCASE.text(TextSpecial.ASR) == 151_940
    assert STAIRCASE.audio(AudioSpecial.END) == 4096
    assert STAIRCASE.total_vocab == 181_120
    starts = STAIRCASE.absolute(torch.zeros(8, dtype=torch.int64)).tolist()
    assert starts == [152_000, 156_160, 160_320, 164_480, 168_640, 172_800, 176_960, 0]


@settings(deadline=None)
@given(
    layouts,
    st.integers(1, 20),
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 99), st.integers(4096, 4159)), max_size=9),
)
def test_no_special_id_ever_reaches_the_codec(
    layout: GridLayout, count: int, slips: list[tuple[int, int, int]]
) -> None:
    grid = TokenGrid.spoken(layout, frames_of(count), [])
    for row, step, special in slips:
        grid.ids[row, step % grid.ids.shape[1]] = special
    frames = grid.frames()
    assert bool((frames < 4096).all())
    assert torch.equal(frames, frames_of(count)[: len(frames)])


@settings(deadline=None)
@given(st.integers(0, 30))
def test_frames_and_the_three_code_lists_are_the_same_thing(count: int) -> None:
    frames = frames_of(count)
    levels = frames_to_levels(frames)
    assert [len(level) for level in levels] == [count, 2 * count, 4 * count]
    assert torch.equal(levels_to_frames(levels), frames)


def test_rows_take_their_places_in_the_code_lists() -> None:
    coarse, middle, fine = frames_to_levels(torch.arange(14).reshape(2, 7))
    assert coarse.tolist() == [0, 7]
    assert middle.tolist() == [1, 4, 8, 11]
    assert fine.tolist() == [2, 3, 5, 6, 9, 10, 12, 13]


def test_code_lists_of_unequal_span_are_refused() -> None:
    with pytest.raises(ValueError, match="do not match"):
        levels_to_frames([torch.zeros(2), torch.zeros(4), torch.zeros(7)])


def test_a_layout_needs_seven_shifts() -> None:
    with pytest.raises(ValueError, match="seven shifts"):
        GridLayout(shifts=(1, 2))
