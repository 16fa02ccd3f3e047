import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interp.core import audio
from interp.core.audio import (
    LOUD,
    PCM16_FULL_SCALE,
    SNAC_FRAME_SAMPLES,
    exact_div,
    from_pcm16,
    louder,
    ms_to_samples,
    samples_to_ms,
    silence,
    target_samples_to_ms,
    to_pcm16,
)


def test_derived_rates_are_those_of_the_models() -> None:
    assert audio.SAMPLES_PER_MS == 16
    assert audio.VAD_FRAME_MS == 32
    assert audio.ENCODER_FRAME_SAMPLES == 320
    assert audio.ENCODER_FRAME_MS == 20
    assert audio.WINDOW_FRAMES == 1500


@given(quotient=st.integers(-1000, 1000), divisor=st.integers(1, 1000))
def test_an_exact_quotient_is_given_and_any_other_refused(quotient: int, divisor: int) -> None:
    assert exact_div(quotient * divisor, divisor) == quotient
    if divisor > 1:
        with pytest.raises(ValueError, match="is not a multiple of"):
            exact_div(quotient * divisor + 1, divisor)


@given(ms=st.integers(0, 10**9), rest=st.integers(0, 15))
def test_source_milliseconds_are_rounded_down(ms: int, rest: int) -> None:
    assert samples_to_ms(ms_to_samples(ms) + rest) == ms


@given(ms=st.integers(0, 10**9), rest=st.integers(0, 23))
def test_target_milliseconds_are_rounded_down(ms: int, rest: int) -> None:
    assert target_samples_to_ms(24 * ms + rest) == ms


def test_a_frame_of_target_sound_lasts_85_ms() -> None:
    assert target_samples_to_ms(SNAC_FRAME_SAMPLES) == 85
    assert target_samples_to_ms(3 * SNAC_FRAME_SAMPLES) == 256


def test_silence_is_zero_and_as_long_as_asked() -> None:
    quiet = silence(7)
    assert quiet.dtype == np.float32
    assert quiet.tolist() == [0.0] * 7


@given(values=st.lists(st.integers(-32768, 32767)))
def test_pcm_goes_through_samples_unchanged(values: list[int]) -> None:
    content = np.array(values, "<i2").tobytes()
    samples = from_pcm16(content)
    assert samples.dtype == np.float32
    assert to_pcm16(samples) == content
    assert samples.tolist() == [value / PCM16_FULL_SCALE for value in values]


@given(value=st.floats(-1, 1, width=32, exclude_max=True))
def test_a_sample_is_off_by_at_most_half_a_step(value: float) -> None:
    (back,) = from_pcm16(to_pcm16(np.array([value], np.float32)))
    assert abs(back - value) <= 0.5 / PCM16_FULL_SCALE or value > 32767 / 32768


@pytest.mark.parametrize(
    ("value", "pcm"), [(1.0, 32767), (7.0, 32767), (-1.0, -32768), (-2.0, -32768)]
)
def test_what_is_beyond_full_scale_is_clipped(value: float, pcm: int) -> None:
    assert np.frombuffer(to_pcm16(np.array([value], np.float32)), "<i2").tolist() == [pcm]


def test_what_is_quiet_is_louder_by_the_gain() -> None:
    quiet = np.linspace(-LOUD / 2, LOUD / 2, 101, dtype=np.float32)
    assert louder(quiet, 2.0) == pytest.approx(2 * quiet)


def test_what_is_loud_keeps_its_order_and_never_reaches_full_scale() -> None:
    loud = louder(np.linspace(-1, 1, 201, dtype=np.float32), 2.0)
    assert float(np.abs(loud).max()) < 1.0
    assert np.all(np.diff(loud) > 0)
    assert loud == pytest.approx(-loud[::-1])


def test_a_whole_is_as_loud_as_its_parts() -> None:
    samples = np.random.default_rng(0).standard_normal(100).astype(np.float32)
    parts = [louder(part, 3.0) for part in np.split(samples, [7, 60])]
    assert np.array_equal(np.concatenate(parts), louder(samples, 3.0))


@given(st.lists(st.floats(-1, 1, width=32), max_size=20), st.sampled_from([0.5, 1.0, 2.5, 8.0]))
def test_louder_is_exact_up_to_a_level_and_never_reaches_full_scale(
    values: list[float], gain: float
) -> None:
    samples = np.array(values, np.float32)
    found = louder(samples, gain)
    assert found.dtype == np.float32
    assert (np.abs(found) <= 1).all()
    quiet = np.abs(samples * np.float32(gain)) <= LOUD
    np.testing.assert_array_equal(found[quiet], samples[quiet] * np.float32(gain))
    np.testing.assert_array_equal(louder(-samples, gain), -found)
    parts = [louder(part, gain) for part in np.split(samples, [len(samples) // 2])]
    np.testing.assert_array_equal(np.concatenate(parts), found)


def test_louder_keeps_the_order_of_levels() -> None:
    levels = np.linspace(0, 1, 200, dtype=np.float32)
    assert (np.diff(louder(levels, 2.0)) > 0).all()
