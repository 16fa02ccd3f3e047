import pytest
from hypothesis import given
from hypothesis import strategies as st

from interp.core.latency_atd import average_token_delay, average_token_delay_of_speech

A = [960, 1280, 1600, 1920, 2240, 2560, 2880, 3200, 3200, 3200]
A_ELAPSED = [1000, 1340, 1690, 2030, 2370, 2710, 3050, 3400, 3410, 3420]


@pytest.mark.parametrize(
    ("delays", "value"),
    [
        (A, 1074),
        ([1000] * 2 + [1500] * 2 + [2000] * 2 + [2500] * 2 + [3000] * 4, 500),
        ([1000, 2000, 3000], 1400),
        ([5000] * 3, 4400),
        ([4000] * 5, 3100),
        ([1000, 2000, 3000, 4000, 5000, 6000], 2550),
        ([800], 500),
        ([1000, 1500, 2000], 900),
    ],
)
def test_reference_vectors_give_the_published_values(delays: list[float], value: float) -> None:
    assert average_token_delay(delays) == pytest.approx(value)


def test_compute_is_added_word_by_word() -> None:
    assert average_token_delay(A, A_ELAPSED) == pytest.approx(1103)


def test_one_chunk_of_speech_is_charged_token_by_token() -> None:
    # Source tokens end at 300 and 600; the target's 300 ms tokens end at 900 and 1200.
    assert average_token_delay_of_speech([600], [600]) == 600


def test_two_chunks_of_speech_are_charged_against_what_was_heard() -> None:
    # Target tokens end at 1300, 1600 and 2300; they answer source tokens ending 300, 600 and 900.
    assert average_token_delay_of_speech([1000, 2000], [600, 300]) == pytest.approx(3400 / 3)


@given(st.lists(st.integers(1, 500), min_size=1, max_size=12), st.integers(0, 400))
def test_compute_in_one_place_delays_what_follows(steps: list[int], compute: int) -> None:
    delays = [float(sum(steps[: i + 1])) for i in range(len(steps))]
    durations = [300.0] * len(delays)
    elapsed = [delay + compute for delay in delays]
    plain = average_token_delay_of_speech(delays, durations)
    late = average_token_delay_of_speech(delays, durations, elapsed)
    assert plain - 1e-9 <= late <= plain + compute + 1e-9


def test_nothing_written_has_no_delay() -> None:
    with pytest.raises(ValueError, match="nothing was written"):
        average_token_delay([])
