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

A = Timeline([960, 1280, 1600, 1920, 2240, 2560, 2880, 3200, 3200, 3200], 3200, 10)
A_ELAPSED = Timeline([1000, 1340, 1690, 2030, 2370, 2710, 3050, 3400, 3410, 3420], 3200, 10)
B = Timeline([1000] * 2 + [1500] * 2 + [2000] * 2 + [2500] * 2 + [3000] * 4, 3000, 6)
C = Timeline([1000, 2000, 3000], 3000, 9)
D = Timeline([5000] * 3, 4000, 5)
E = Timeline([4000] * 5, 4000, 5)
F = Timeline([1000, 2000, 3000, 4000, 5000, 6000], 4000, 6)
G = Timeline([800], 2500, 1)
H = Timeline([1000, 1500, 2000], 2600, 6)


@pytest.mark.parametrize(
    ("line", "al", "laal", "ap", "dal", "end", "yaal"),
    [
        (A, 960, 960, 0.72, 960, 0, 960),
        (A_ELAPSED, 1078.75, 1078.75, 0.763, 1095, 220, None),
        (B, -111.111, 888.889, 1.444, 1000, 0, 875),
        (C, 1666.667, 1666.667, 0.222, 1000, 0, 1333.333),
        (D, 5000, 5000, 0.75, 5000, 1000, None),
        (E, 4000, 4000, 1.0, 4000, 0, None),
        (F, 1500, 1500, 0.875, 1833.333, 2000, 1333.333),
        (G, 800, 800, 0.32, 800, -1700, 800),
        (H, 1066.667, 1066.667, 0.288, 1000, -600, 1066.667),
    ],
)
def test_reference_vectors_give_the_published_values(
    line: Timeline, al: float, laal: float, ap: float, dal: float, end: float, yaal: float | None
) -> None:
    assert average_lagging(line) == pytest.approx(al, abs=5e-4)
    assert length_adaptive_average_lagging(line) == pytest.approx(laal, abs=5e-4)
    assert average_proportion(line) == pytest.approx(ap, abs=5e-4)
    assert differentiable_average_lagging(line) == pytest.approx(dal, abs=5e-4)
    assert end_offset(line) == end
    if line is not A_ELAPSED:
        assert yet_another_average_lagging(line) == (
            None if yaal is None else pytest.approx(yaal, abs=5e-4)
        )


@pytest.mark.parametrize(
    ("line", "value"),
    [(A, 864), (B, 791.667), (C, 1666.667), (D, 4200), (E, 2400), (F, 1833.333), (G, 800)],
)
def test_long_yaal_charges_the_tail_until_the_recording_ends(line: Timeline, value: float) -> None:
    long = Timeline(
        line.times_ms, line.source_length_ms, line.reference_units, 10 * line.source_length_ms
    )
    assert yet_another_average_lagging(long) == pytest.approx(value, abs=5e-4)


def test_long_yaal_skips_a_segment_whose_first_word_comes_after_the_recording() -> None:
    assert yet_another_average_lagging(Timeline([900, 950], 500, 2, 900)) is None


@given(k=st.integers(1, 8), words=st.integers(1, 20), unit_ms=st.sampled_from([80, 320, 640]))
def test_wait_k_lags_by_k_units(k: int, words: int, unit_ms: int) -> None:
    length = words * unit_ms
    line = Timeline([min((k + i) * unit_ms, length) for i in range(words)], length, words)
    assert average_lagging(line) == pytest.approx(min(k, words) * unit_ms, abs=1e-9)


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    steps = draw(st.lists(st.integers(0, 900), min_size=1, max_size=25))
    times = [float(sum(steps[: i + 1])) for i in range(len(steps))]
    return Timeline(times, float(draw(st.integers(50, 9000))), draw(st.integers(1, 30)))


@given(timelines())
def test_laal_is_al_unless_too_much_was_written_and_never_less(line: Timeline) -> None:
    al, laal = average_lagging(line), length_adaptive_average_lagging(line)
    assert laal >= al - 1e-9
    if len(line.times_ms) <= line.reference_units:
        assert laal == al


@given(timelines(), st.integers(1, 500))
def test_writing_later_never_lowers_the_lag(line: Timeline, more: int) -> None:
    assume(line.times_ms[-1] + more < line.source_length_ms)  # no unit crosses the end
    late = Timeline(
        [time + more for time in line.times_ms], line.source_length_ms, line.reference_units
    )
    for metric in (average_lagging, length_adaptive_average_lagging):
        assert metric(late) == pytest.approx(metric(line) + more)
    assert differentiable_average_lagging(late) == pytest.approx(
        differentiable_average_lagging(line) + more
    )
    assert average_proportion(late) > average_proportion(line)
    assert start_offset(late) == start_offset(line) + more


@given(timelines())
def test_dal_is_never_below_the_first_delay(line: Timeline) -> None:
    assert differentiable_average_lagging(line) >= line.times_ms[0] - 1e-6


def test_without_a_reference_the_output_sets_the_pace() -> None:
    assert average_lagging(Timeline(B.times_ms, 3000)) == average_lagging(
        Timeline(B.times_ms, 3000, len(B.times_ms))
    )


def test_nothing_written_has_no_lag() -> None:
    with pytest.raises(ValueError, match="nothing was written"):
        average_lagging(Timeline([], 1000, 3))
    with pytest.raises(ValueError, match="nothing was written"):
        end_offset(Timeline([], 1000, 3))


def test_a_source_without_length_is_refused() -> None:
    with pytest.raises(ValueError, match="source length"):
        Timeline([1.0], 0)


def test_a_policy_that_writes_all_but_one_word_at_the_end_is_degenerate() -> None:
    sneaky = [Timeline([100] + [4000] * 9, 4000, 10), Timeline([], 4000, 3)]
    found = degeneracy(sneaky)
    assert found == Degeneracy(written_early=10.0, expected_early=97.5)
    assert found.degenerate
    assert found.gap == 87.5


def test_steady_wait_k_is_not_degenerate() -> None:
    found = degeneracy([Timeline([200 + 400 * i for i in range(10)], 4000, 10)])
    assert found is not None
    assert not found.degenerate


def test_degeneracy_is_unknown_where_nothing_was_written_early() -> None:
    assert degeneracy([E, D]) is None
