import threading
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interp.core.audio import Samples
from interp.core.clock import VirtualClock
from interp.core.errors import InvalidRequest, Reason, SessionLimit
from interp.core.events import Audio, Warned, WarningCode
from interp.intake.format import AudioFormat, Encoding, IntakeLimits
from interp.intake.intake import Heard, Intake
from interp.intake.resample import resampled_size
from tests.fakes.containers import encoded


def intake(encoding: Encoding, rate_hz: int = 16_000, clock: VirtualClock | None = None) -> Intake:
    return Intake(AudioFormat(encoding, rate_hz), IntakeLimits(), clock or VirtualClock())


def samples_of(heard: list[Heard]) -> Samples:
    parts = [each.samples for each in heard if isinstance(each, Audio)]
    return np.concatenate([np.zeros(0, np.float32), *parts])


def warnings_of(heard: list[Heard]) -> list[Warned]:
    return [each for each in heard if isinstance(each, Warned)]


def noise(samples: int, level: float = 0.1) -> Samples:
    random = np.random.default_rng(samples)
    return np.asarray(np.clip(level * random.standard_normal(samples), -1, 1), np.float32)


def pcm16(samples: Samples) -> bytes:
    return np.round(samples * 32767).astype("<i2").tobytes()


@settings(max_examples=30, deadline=None)
@given(
    rate_hz=st.sampled_from([8000, 11_025, 16_000, 44_100, 48_000]),
    encoding=st.sampled_from([Encoding.PCM16, Encoding.FLOAT32]),
    cuts=st.lists(st.integers(0, 30_000), max_size=10),
)
def test_any_split_into_messages_gives_the_same_bits(
    rate_hz: int, encoding: Encoding, cuts: list[int]
) -> None:
    sound = noise(30_000)
    data = pcm16(sound) if encoding is Encoding.PCM16 else sound.astype("<f4").tobytes()
    width = len(data) // sound.size

    def run(*bounds: int) -> Samples:
        line = intake(encoding, rate_hz)
        edges = [0, *sorted(bounds), sound.size]
        heard: list[Heard] = []
        for sequence, (start, end) in enumerate(pairwise(edges), 1):
            offset_ms = start * 1000 // rate_hz
            heard += line.push(sequence, offset_ms, data[start * width : end * width])
        return samples_of(heard + line.finish())

    whole = run()
    assert whole.size == resampled_size(sound.size, rate_hz)
    np.testing.assert_array_equal(run(*cuts), whole)


def test_pcm16_at_16_khz_is_heard_at_once_and_exactly() -> None:
    clock = VirtualClock(125.0)
    (heard,) = intake(Encoding.PCM16, clock=clock).push(1, 0, b"\x00\x40\x00\x80")
    assert isinstance(heard, Audio)
    assert heard.samples.tolist() == [0.5, -1.0]
    assert heard.arrived_ms == 125.0


def test_a_message_sent_again_is_heard_once() -> None:
    line = intake(Encoding.PCM16)
    data = pcm16(noise(1600))
    first = line.push(1, 0, data)
    again = line.push(1, 0, data)
    assert samples_of(first).size == 1600
    assert again == [Warned(WarningCode.DUPLICATE_DROPPED, 100)]
    assert line.received_ms == 100


def test_a_gap_is_heard_as_silence_of_its_length() -> None:
    line = intake(Encoding.PCM16)
    line.push(1, 0, pcm16(noise(1600)))
    heard = line.push(2, 350, pcm16(noise(1600)))
    assert warnings_of(heard) == [Warned(WarningCode.GAP_FILLED, 250)]
    samples = samples_of(heard)
    assert samples.size == 250 * 16 + 1600
    assert not samples[: 250 * 16].any()
    assert samples[250 * 16 :].any()
    assert line.received_ms == 450


def test_a_reset_is_heard_as_a_second_of_silence() -> None:
    line = intake(Encoding.PCM16)
    heard = line.push(1, 3_600_000, pcm16(noise(1600)))
    assert warnings_of(heard) == [Warned(WarningCode.GAP_RESET, 3_600_000)]
    assert samples_of(heard).size == 16_000 + 1600


def test_an_overlap_is_heard_once() -> None:
    line = intake(Encoding.PCM16)
    sound = noise(3200)
    heard = line.push(1, 0, pcm16(sound[:1600])) + line.push(2, 50, pcm16(sound[800:]))
    alone = samples_of(intake(Encoding.PCM16).push(1, 0, pcm16(sound)))
    np.testing.assert_array_equal(samples_of(heard), alone)


@pytest.mark.parametrize("rate_hz", [8000, 11_025, 44_100])
def test_declared_silence_takes_its_time(rate_hz: int) -> None:
    line = intake(Encoding.FLOAT32, rate_hz)
    samples = samples_of(line.silence(0, 500) + line.finish())
    assert abs(samples.size - 8000) <= 1
    assert not samples.any()


def test_silence_cannot_be_used_to_flood() -> None:
    with pytest.raises(SessionLimit) as error:
        intake(Encoding.PCM16).silence(0, 10**12)
    assert error.value.reason is Reason.TOO_FAR_AHEAD


@pytest.mark.parametrize("encoding", [Encoding.PCM16, Encoding.OGG_OPUS])
def test_silence_that_makes_no_sense_is_refused(encoding: Encoding) -> None:
    with pytest.raises(InvalidRequest) as error:
        intake(encoding).silence(0, -1 if encoding is Encoding.PCM16 else 100)
    assert error.value.reason is Reason.MALFORMED_MESSAGE


def test_float32_beyond_full_scale_is_limited_and_warned_of() -> None:
    line = intake(Encoding.FLOAT32)
    heard = line.push(1, 0, np.full(16_000, 3.0, "<f4").tobytes())
    assert samples_of(heard).max() == 1.0
    assert Warned(WarningCode.AUDIO_CLIPPED, 1000) in heard


@pytest.mark.parametrize("encoding", [Encoding.FLAC, Encoding.OGG_OPUS, Encoding.WEBM_OPUS])
def test_a_container_is_heard_in_full_whatever_rate_was_said(encoding: Encoding) -> None:
    sound = noise(48_137)
    data = encoded(sound, 48_000, encoding)
    line = intake(encoding, rate_hz=44_100)
    heard = [
        each for n in range(0, len(data), 999) for each in line.push(0, None, data[n : n + 999])
    ]
    heard += line.finish()
    assert samples_of(heard).size == resampled_size(sound.size, 48_000)
    assert line.received_ms == pytest.approx(1002, abs=3)


def test_a_container_with_a_piece_missing_is_refused_and_freed() -> None:
    before = threading.active_count()
    line = intake(Encoding.OGG_OPUS)
    line.push(1, None, b"OggS")
    with pytest.raises(InvalidRequest, match="missing"):
        line.push(3, None, b"more")
    assert threading.active_count() == before


def test_a_piece_of_a_container_sent_again_is_heard_once() -> None:
    data = encoded(noise(48_000), 48_000, Encoding.WEBM_OPUS)
    line = intake(Encoding.WEBM_OPUS)
    heard = line.push(1, None, data[:3000]) + line.push(2, None, data[3000:])
    assert line.push(2, None, data[3000:]) == [Warned(WarningCode.DUPLICATE_DROPPED)]
    assert samples_of(heard + line.finish()).size == 16_000


def test_a_flood_from_a_container_is_refused_and_freed() -> None:
    before = threading.active_count()
    data = encoded(np.zeros(40 * 48_000, np.float32), 48_000, Encoding.FLAC)
    line = intake(Encoding.FLAC)
    with pytest.raises(SessionLimit) as error:
        line.push(1, None, data)
    assert error.value.reason is Reason.TOO_FAR_AHEAD
    assert threading.active_count() == before


@pytest.mark.parametrize("encoding", list(Encoding))
def test_a_session_without_audio_ends_without_error(encoding: Encoding) -> None:
    before = threading.active_count()
    line = intake(encoding)
    assert line.finish() == []
    line.close()
    assert threading.active_count() == before


@pytest.mark.parametrize("rate_hz", [16_000, 44_100])
def test_floats_too_small_to_hear_are_silence(rate_hz: int) -> None:
    line = intake(Encoding.FLOAT32, rate_hz)
    tiny = np.full(rate_hz, 1e-40, np.float32)
    heard = samples_of(line.push(1, None, tiny.tobytes()) + line.finish())
    assert heard.size == 16_000
    assert not heard.any()


def test_what_can_be_heard_is_left_alone() -> None:
    line = intake(Encoding.FLOAT32)
    sound = np.array([2**-20, -(2**-20), 0.5], np.float32)
    np.testing.assert_array_equal(samples_of(line.push(1, None, sound.tobytes())), sound)
