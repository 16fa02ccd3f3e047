import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interp.core.errors import InvalidRequest, Reason
from interp.intake.format import AudioFormat, Encoding
from interp.intake.pcm import decode_pcm

PCM16, FLOAT32 = AudioFormat(Encoding.PCM16), AudioFormat(Encoding.FLOAT32)


def test_pcm16_spans_minus_one_to_just_below_one() -> None:
    samples = decode_pcm(np.array([-32768, 0, 32767, 1], "<i2").tobytes(), PCM16)
    assert samples.dtype == np.float32
    assert samples.tolist() == [-1.0, 0.0, 32767 / 32768, 1 / 32768]


def test_float32_is_taken_as_it_is() -> None:
    sent = np.array([0.25, -2.0, 1e-9], "<f4")
    np.testing.assert_array_equal(decode_pcm(sent.tobytes(), FLOAT32), sent)


@pytest.mark.parametrize(("encoding", "size"), [("pcm16", 3), ("float32", 6), ("float32", 5)])
def test_part_of_a_sample_is_refused(encoding: str, size: int) -> None:
    with pytest.raises(InvalidRequest, match="whole samples") as error:
        decode_pcm(bytes(size), AudioFormat(Encoding(encoding)))
    assert error.value.reason is Reason.BAD_ENCODING


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_float_that_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(InvalidRequest, match="finite") as error:
        decode_pcm(np.array([0, value], "<f4").tobytes(), FLOAT32)
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
    parts = [decode_pcm(part, PCM16) for part in (data[: 2 * cut], data[2 * cut :])]
    np.testing.assert_array_equal(np.concatenate(parts), decode_pcm(data, PCM16))


def test_of_several_channels_one_is_heard_or_the_mean_of_all() -> None:
    left, right = np.array([0.5, -0.5, 0.25], "<f4"), np.array([0.0, 0.5, 0.25], "<f4")
    data = np.stack([left, right], axis=1).tobytes()
    both = AudioFormat(Encoding.FLOAT32, channels=2)
    np.testing.assert_array_equal(decode_pcm(data, both), [0.25, 0.0, 0.25])
    for channel, sound in enumerate((left, right)):
        one = AudioFormat(Encoding.FLOAT32, channels=2, channel=channel)
        np.testing.assert_array_equal(decode_pcm(data, one), sound)


def test_a_sample_is_one_of_every_channel() -> None:
    with pytest.raises(InvalidRequest, match="whole samples"):
        decode_pcm(bytes(4), AudioFormat(Encoding.PCM16, channels=3))


@pytest.mark.parametrize(("channels", "channel"), [(0, None), (9, None), (2, 2), (1, 1), (2, -1)])
def test_channels_that_are_not_there_are_refused(channels: int, channel: int | None) -> None:
    with pytest.raises(InvalidRequest, match="channel") as error:
        AudioFormat(Encoding.PCM16, 16_000, channels, channel)
    assert error.value.reason is Reason.BAD_ENCODING
