"""Times on screen: in order, with the speech, long enough to be read, two frames apart."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interp.outlets.captions.rules import Rules
from interp.outlets.captions.timing import Spoken, timed

RULES = Rules()
TWO_FRAMES_MS = 83  # of film, 24 a second


@st.composite
def speech(draw: st.DrawFn) -> list[Spoken]:
    """Cues to be, one after the other, at any pace and of any width that a cue may have."""
    at_ms, said = 0, []
    for _ in range(draw(st.integers(1, 12))):
        at_ms += draw(st.integers(0, 6_000))
        long_ms = draw(st.integers(0, 7_000))
        said.append(Spoken(at_ms, at_ms + long_ms, draw(st.integers(1, 84))))
        at_ms += long_ms
    return said


@given(speech())
def test_each_cue_stays_five_sixths_of_a_second_to_seven_seconds(said: list[Spoken]) -> None:
    for start_ms, end_ms in timed(said, RULES):
        assert 833 <= end_ms - start_ms <= 7_000


@given(speech())
def test_two_cues_are_two_frames_apart_and_never_nearly_so(said: list[Spoken]) -> None:
    for (_, end_ms), (next_ms, _) in itertools.pairwise(timed(said, RULES)):
        assert next_ms - end_ms >= TWO_FRAMES_MS


@given(speech())
def test_no_cue_begins_more_than_half_a_second_before_its_words(said: list[Spoken]) -> None:
    for cue, (start_ms, _) in zip(said, timed(said, RULES), strict=True):
        assert start_ms >= 0
        assert start_ms >= cue.start_ms - 500


@given(speech())
def test_with_seconds_between_them_cues_begin_with_their_words_and_can_be_read(
    said: list[Spoken],
) -> None:
    apart = [
        Spoken(cue.start_ms + 6_000 * at, cue.end_ms + 6_000 * at, cue.cells)
        for at, cue in enumerate(said)
    ]
    for cue, (start_ms, end_ms) in zip(apart, timed(apart, RULES), strict=True):
        assert start_ms == cue.start_ms
        assert cue.cells * 1000 <= 20 * (end_ms - start_ms)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param([Spoken(1_000, 1_200, 3)], [(1_000, 1_834)], id="short words stay"),
        pytest.param([Spoken(0, 1_000, 60)], [(0, 3_000)], id="20 characters a second"),
        pytest.param(
            [Spoken(0, 5_000, 10)], [(0, 5_000)], id="slow words stay while they are said"
        ),
        pytest.param([Spoken(0, 20_000, 10)], [(0, 7_000)], id="7 s at most"),
        pytest.param(
            [Spoken(0, 1_000, 10), Spoken(1_300, 2_300, 10)],
            [(0, 1_216), (1_300, 2_300)],
            id="no flicker between two that are close",
        ),
        pytest.param(
            [Spoken(0, 1_000, 10), Spoken(2_000, 3_000, 10)],
            [(0, 1_000), (2_000, 3_000)],
            id="an empty screen in a pause",
        ),
        pytest.param(
            [Spoken(5_000, 6_000, 30), Spoken(6_100, 7_500, 10)],
            [(4_516, 6_016), (6_100, 7_500)],
            id="earlier, so that it can be read before the next words",
        ),
        pytest.param(
            [Spoken(0, 500, 40), Spoken(600, 2_600, 10)],
            [(0, 2_000), (2_084, 2_918)],
            id="the next waits until it has been read",
        ),
    ],
)
def test_times_by_example(said: list[Spoken], expected: list[tuple[int, int]]) -> None:
    assert timed(said, RULES) == expected


def test_wide_scripts_are_given_time_by_their_own_speed() -> None:
    nine_characters = Spoken(0, 100, 18)
    assert timed([nine_characters], Rules.of("ja")) == [(0, 1_000)]
    assert timed([nine_characters], Rules.of("en")) == [(0, 900)]
