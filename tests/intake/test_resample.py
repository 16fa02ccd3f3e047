import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interp.core.audio import SOURCE_RATE_HZ, Samples
from interp.intake.resample import Resampler, resampled_size

RATES_HZ = [8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000]


def resample(samples: Samples, rate_hz: int, *cuts: int) -> Samples:
    resampler = Resampler(rate_hz)
    parts = [resampler.push(part) for part in np.split(samples, sorted(cuts))]
    return np.concatenate([*parts, resampler.finish()])


def sine(samples: int, rate_hz: int) -> Samples:
    return np.sin(2 * np.pi * 440 * np.arange(samples) / rate_hz).astype(np.float32)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_a_sine_comes_out_in_phase_and_in_full(rate_hz: int) -> None:
    """440 Hz shifted by one sample would differ by 0.17."""
    samples = 2 * rate_hz + 137
    out = resample(sine(samples, rate_hz), rate_hz)
    assert out.size == int(samples * SOURCE_RATE_HZ / rate_hz + 0.5)
    inner = slice(500, -500)
    np.testing.assert_allclose(out[inner], sine(out.size, SOURCE_RATE_HZ)[inner], atol=1e-5)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_a_click_stays_where_it_is(rate_hz: int) -> None:
    samples = np.zeros(rate_hz, np.float32)
    samples[rate_hz // 3] = 1.0
    out = resample(samples, rate_hz)
    assert abs(int(np.argmax(np.abs(out))) - rate_hz // 3 * SOURCE_RATE_HZ / rate_hz) <= 0.5


@settings(max_examples=40, deadline=None)
@given(
    rate_hz=st.sampled_from(RATES_HZ),
    size=st.integers(0, 20_000),
    cuts=st.lists(st.integers(0, 20_000), max_size=10),
)
def test_any_split_gives_the_same_bits_and_the_exact_size(
    rate_hz: int, size: int, cuts: list[int]
) -> None:
    samples = np.random.default_rng(size).standard_normal(size).astype(np.float32)
    whole = resample(samples, rate_hz)
    assert whole.size == resampled_size(size, rate_hz)
    np.testing.assert_array_equal(resample(samples, rate_hz, *cuts), whole)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_the_filter_holds_back_no_more_than_its_block(rate_hz: int) -> None:
    resampler = Resampler(rate_hz)
    given_samples = 0
    for heard in range(1, 51):
        given_samples += resampler.push(sine(rate_hz // 50, rate_hz)).size
        assert heard * 0.02 - given_samples / SOURCE_RATE_HZ < (0.12 if rate_hz < 22_000 else 0.06)


def test_16_khz_passes_untouched_and_at_once() -> None:
    samples = sine(321, SOURCE_RATE_HZ)
    np.testing.assert_array_equal(Resampler(SOURCE_RATE_HZ).push(samples), samples)
