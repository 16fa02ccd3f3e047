"""The lag metrics against their formulas, written out term by term, over any timeline.

`test_latency.py` has the published values; here each definition is computed the slow way.
"""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from interp.core.latency import (
    Degeneracy,
    Timeline,
    average_lagging,
    average_proportion,
    degeneracy,
    differentiable_average_lagging,
    end_offset,
    length_adaptive_average_lagging,
    start_offset,
    yet_another_average_lagging,
)
from interp.core.latency_atd import average_token_delay, average_token_delay_of_speech
from interp.core.latency_elapsed import discontinuity, heard_times, playback


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    gaps = draw(st.lists(st.integers(0, 800), min_size=1, max_size=20))
    times = [float(sum(gaps[: i + 1])) for i in range(len(gaps))]
    return Timeline(times, float(draw(st.integers(100, 8000))), draw(st.integers(0, 25)))


def lagging_by_hand(line: Timeline, units: int) -> float:
    """AL of Ma et al. 2019 with gamma = units / X, tau the first unit written at or after X."""
    times, length = list(line.times_ms), line.source_length_ms
    if times[0] > length:
        return times[0]
    tau = next((i for i, time in enumerate(times, start=1) if time >= length), len(times))
    gamma = units / length
    return sum(times[i - 1] - (i - 1) / gamma for i in range(1, tau + 1)) / tau


@given(timelines())
def test_al_and_laal_differ_in_what_they_count_only(line: Timeline) -> None:
    written, reference = len(line.times_ms), line.reference_units or len(line.times_ms)
    assert average_lagging(line) == pytest.approx(lagging_by_hand(line, reference))
    assert length_adaptive_average_lagging(line) == pytest.approx(
        lagging_by_hand(line, max(written, reference))
    )


@given(timelines())
def test_ap_is_the_mean_share_of_the_source(line: Timeline) -> None:
    assume(line.reference_units in {0, len(line.times_ms)})
    shares = [time / line.source_length_ms for time in line.times_ms]
    assert average_proportion(line) == pytest.approx(sum(shares) / len(shares))


@given(timelines())
def test_dal_paces_what_comes_at_once(line: Timeline) -> None:
    pace, paced = line.source_length_ms / len(line.times_ms), list[float]()
    for time in line.times_ms:
        paced.append(max(time, paced[-1] + pace) if paced else time)
    lags = [time - i * pace for i, time in enumerate(paced)]
    assert differentiable_average_lagging(line) == pytest.approx(sum(lags) / len(lags))


@given(timelines())
def test_yaal_counts_only_what_was_written_while_the_speaker_spoke(line: Timeline) -> None:
    early = [time for time in line.times_ms if time < line.source_length_ms]
    found = yet_another_average_lagging(line)
    if not early:
        assert found is None
        return
    pace = line.source_length_ms / max(len(line.times_ms), line.target_units)
    assert found == pytest.approx(sum(t - i * pace for i, t in enumerate(early)) / len(early))


@given(timelines())
def test_a_recording_that_ends_with_its_segment_has_yaal_for_long_yaal(line: Timeline) -> None:
    long = Timeline(
        line.times_ms, line.source_length_ms, line.reference_units, line.source_length_ms
    )
    assert yet_another_average_lagging(long) == yet_another_average_lagging(line)


@given(timelines(), st.sampled_from([2.0, 10.0]))
def test_lags_are_in_the_units_of_time(line: Timeline, scale: float) -> None:
    slow = Timeline(
        [time * scale for time in line.times_ms],
        line.source_length_ms * scale,
        line.reference_units,
    )
    for metric in (average_lagging, length_adaptive_average_lagging, start_offset, end_offset):
        assert metric(slow) == pytest.approx(scale * metric(line))
    assert differentiable_average_lagging(slow) == pytest.approx(
        scale * differentiable_average_lagging(line)
    )
    assert average_proportion(slow) == pytest.approx(average_proportion(line))


@given(st.lists(timelines(), min_size=1, max_size=6))
def test_the_share_written_early_is_counted_over_all_words(lines: list[Timeline]) -> None:
    found = degeneracy(lines)
    words = [(time, line.source_length_ms) for line in lines for time in line.times_ms]
    early = sum(time < length for time, length in words)
    if not early:
        assert found is None
        return
    assert found is not None
    assert found.written_early == pytest.approx(100 * early / len(words))
    assert found.expected_early >= 0


@pytest.mark.parametrize(("early", "degenerate"), [(60, False), (59.9, True), (101, True)])
def test_twenty_points_apart_is_degenerate(early: float, degenerate: bool) -> None:
    assert Degeneracy(written_early=early, expected_early=80.0).degenerate == degenerate


def delays_of(gaps: Sequence[int]) -> list[float]:
    return [float(sum(gaps[: i + 1])) for i in range(len(gaps))]


@given(st.lists(st.integers(1, 900), min_size=1, max_size=12), st.integers(0, 500))
def test_atd_falls_by_what_is_written_sooner(gaps: list[int], more: int) -> None:
    delays = delays_of(gaps)
    assert average_token_delay([d + more for d in delays]) >= average_token_delay(delays) - 300


@given(st.lists(st.integers(0, 900), min_size=1, max_size=12), st.integers(1, 30))
def test_longer_speech_is_heard_later(gaps: list[int], tokens: int) -> None:
    delays = delays_of(gaps)
    brief = average_token_delay_of_speech(delays, [300.0] * len(delays))
    longer = average_token_delay_of_speech(delays, [300.0] * (len(delays) - 1) + [300.0 * tokens])
    assert longer >= brief - 1e-9


chunks = st.lists(
    st.tuples(st.integers(0, 900), st.integers(1, 900), st.integers(0, 4)), min_size=1, max_size=12
)


@given(chunks)
def test_speech_is_played_in_order_never_before_it_is_there_and_without_overlap(
    made: list[tuple[int, int, int]],
) -> None:
    times = delays_of([gap for gap, _, _ in made])
    played = playback(times, [length for _, length, _ in made])
    for time, chunk, (_, length, _) in zip(times, played, made, strict=True):
        assert chunk.start_ms >= time
        assert chunk.end_ms - chunk.start_ms == length
    assert all(a.end_ms <= b.start_ms for a, b in pairwise(played))
    waits = discontinuity(played)
    whole = played[-1].end_ms - played[0].start_ms
    assert waits.total_ms + waits.spoken_ms == pytest.approx(whole)
    heard = heard_times(played, [words for _, _, words in made])
    assert heard == sorted(heard)
    assert len(heard) == sum(words for _, _, words in made)
