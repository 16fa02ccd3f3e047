import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interp.core.errors import InvalidRequest, Reason
from interp.intake.format import AudioFormat, Encoding
from interp.intake.pcm import decode_pcm


def test_pcm16_spans_minus_one_to_just_below_one() -> None:
    samples = decode_pcm(np.array([-32768, 0, 32767, 1], "<i2").tobytes(), Encoding.PCM16)
    assert samples.dtype == np.float32
    assert samples.tolist() == [-1.0, 0.0, 32767 / 32768, 1 / 32768]


def test_float32_is_taken_as_it_is() -> None:
    sent = np.array([0.25, -2.0, 1e-9], "<f4")
    np.testing.assert_array_equal(decode_pcm(sent.tobytes(), Encoding.FLOAT32), sent)


@pytest.mark.parametrize(("encoding", "size"), [("pcm16", 3), ("float32", 6), ("float32", 5)])
def test_part_of_a_sample_is_refused(encoding: str, size: int) -> None:
    with pytest.raises(InvalidRequest, match="whole samples") as error:
        decode_pcm(bytes(size), Encoding(encoding))
    assert error.value.reason is Reason.BAD_ENCODING


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_float_that_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(InvalidRequest, match="finite") as error:
        decode_pcm(np.array([0, value], "<f4").tobytes(), Encoding.FLOAT32)
    assert error.value.reason is Reason.BAD_ENCODING


@pytest.mark.parametrize("rate_hz", [0, -16_000, 7_999, 48_001, 96_000])
def test_a_raw_rate_out_of_range_is_refused(rate_hz: int) -> None:
    with pytest.raises(InvalidRequest) as error:
        AudioFormat(Encoding.PCM16, rate_hz)
    assert error.value.reason is Reason.BAD_ENCODING
    assert AudioFormat(Encoding.FLAC, rate_hz).encoding is Encoding.FLAC


@given(values=st.lists(st.integers(-32768, 32767)), cut=st.integers(0, 100))
def test_any_split_between_samples_gives_the_same(values: list[int], cut: int) -> None:
    data = np.array(values, "<i2").tobytes()
    parts = [decode_pcm(part, Encoding.PCM16) for part in (data[: 2 * cut], data[2 * cut :])]
    np.testing.assert_array_equal(np.concatenate(parts), decode_pcm(data, Encoding.PCM16))
