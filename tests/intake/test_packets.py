"""Opus packets of a real encoder through the intake: sound in its place, whatever was lost."""

import random
from contextlib import closing, suppress

import numpy as np
import pytest

from interp.core.audio import Samples
from interp.core.clock import VirtualClock
from interp.core.errors import InvalidRequest, Reason
from interp.core.events import Audio, Warned, WarningCode
from interp.intake.format import AudioFormat, Encoding, IntakeLimits
from interp.intake.intake import Heard, Intake
from interp.intake.packets import MOST_UNDECODABLE
from interp.intake.rtp import RtpStamp
from tests.attack.processes import kill_decoders
from tests.fakes.packets import RATE_HZ, opus_packets, stamped

SECONDS = 2
DELAY_S = 0.0065
"""An Opus encoder looks so far ahead, and RTP does not tell it."""
TIME = np.arange(SECONDS * RATE_HZ) / RATE_HZ
TONE = np.asarray(0.3 * np.sin(2 * np.pi * 440 * TIME), np.float32)
PACKETS = opus_packets([TONE])


def intake(channel: int | None = None) -> Intake:
    audio = AudioFormat(Encoding.OPUS_PACKETS, channel=channel)
    return Intake(audio, IntakeLimits(), VirtualClock())


def heard(sent: list[tuple[RtpStamp, bytes]], channel: int | None = None) -> list[Heard]:
    line = intake(channel)
    try:
        found = [
            each
            for sequence, (stamp, data) in enumerate(sent, 1)
            for each in line.push(sequence, None, data, stamp)
        ]
        return found + line.finish()
    finally:
        line.close()


def sound(found: list[Heard]) -> Samples:
    return np.concatenate([each.samples for each in found if isinstance(each, Audio)])


def warned(found: list[Heard]) -> list[Warned]:
    return [each for each in found if isinstance(each, Warned)]


def silent(samples: Samples, begin_s: float, end_s: float) -> bool:
    part = samples[round(begin_s * 16_000) : round(end_s * 16_000)]
    return float(np.abs(part).max()) < 0.02


def tone(frequency_hz: int) -> Samples:
    return np.asarray(0.3 * np.sin(2 * np.pi * frequency_hz * TIME), np.float32)


def strongest_hz(samples: Samples) -> float:
    part = samples[8000:24_000]
    return float(np.argmax(np.abs(np.fft.rfft(part)))) * 16_000 / part.size


WHOLE = heard(stamped(PACKETS))


def test_the_sound_is_that_which_was_encoded() -> None:
    assert warned(WHOLE) == []
    samples = sound(WHOLE)
    assert samples.size == SECONDS * 16_000
    time_s = np.arange(samples.size) / 16_000 - DELAY_S
    expected = 0.3 * np.sin(2 * np.pi * 440 * time_s)
    np.testing.assert_allclose(samples[4000:-4000], expected[4000:-4000], atol=0.02)


def test_packets_without_stamps_follow_one_another() -> None:
    line = intake()
    found = [each for data in PACKETS for each in line.push(0, None, data)]
    np.testing.assert_array_equal(sound(found + line.finish()), sound(WHOLE))


def test_packets_that_overtook_others_change_nothing() -> None:
    dice = random.Random(1)
    sent = stamped(PACKETS)
    places = sorted(range(1, len(sent)), key=lambda n: n + dice.uniform(0, 5))
    found = heard([sent[0], *(sent[place] for place in places)])
    np.testing.assert_array_equal(sound(found), sound(WHOLE))
    assert warned(found) == []


def test_lost_packets_are_concealed_and_then_silence_in_their_place_with_a_warning() -> None:
    sent = stamped(PACKETS)
    found = heard(sent[:40] + sent[45:])
    samples = sound(found)
    assert samples.size == SECONDS * 16_000
    assert not silent(samples, 0.80, 0.82)
    assert not silent(samples, 0.84, 0.85)
    assert silent(samples, 0.861, 0.899)
    assert not silent(samples, 0.7, 0.79)
    np.testing.assert_allclose(samples[-8000:], sound(WHOLE)[-8000:], atol=0.01)
    assert warned(found) == [Warned(WarningCode.GAP_FILLED, 100)]


@pytest.mark.parametrize("frame_ms", [20, 40, 60])
def test_what_is_concealed_sounds_as_what_was_lost(frame_ms: int) -> None:
    """A tone goes on: the hole is far less than silence would leave."""
    packets = opus_packets([TONE], frame_ms=frame_ms)
    whole, lost = stamped(packets, frame_ms), 600 // frame_ms
    found = heard(whole[:lost] + whole[lost + 1 :])
    expected, samples = sound(heard(whole)), sound(found)
    assert samples.size == expected.size
    place = slice(lost * frame_ms * 16, (lost + 1) * frame_ms * 16)
    left = float(np.abs(samples[place] - expected[place]).mean())
    assert left < 0.5 * float(np.abs(expected[place]).mean())
    assert warned(found) == [Warned(WarningCode.GAP_FILLED, frame_ms)]


def test_a_decoder_that_is_killed_from_outside_is_replaced_unheard() -> None:
    line, found = intake(), []
    for place, (stamp, data) in enumerate(stamped(PACKETS)):
        if place in (40, 41, 70):
            kill_decoders()
        found += line.push(0, None, data, stamp)
    samples = sound(found + line.finish())
    np.testing.assert_allclose(samples, sound(WHOLE), atol=0.01)
    assert warned(found) == []


def test_concealed_time_is_counted_and_comes_again_in_a_replay() -> None:
    sent = stamped(PACKETS)
    lossy = [each for place, each in enumerate(sent) if place not in {20, 50, 51, 52, 53, 54, 55}]
    lines, sounds = [intake(), intake()], []
    for line in lines:
        with closing(line):
            found = [each for stamp, data in lossy for each in line.push(0, None, data, stamp)]
            sounds.append(sound(found + line.finish()))
            assert line.concealed_ms == 20 + 60
    np.testing.assert_array_equal(sounds[0], sounds[1])


def test_nothing_is_made_up_in_a_pause() -> None:
    sent = stamped(PACKETS)
    paused = [*sent[:39], (sent[39][0], b"\xf8"), *sent[45:]]
    found = heard(paused)
    assert silent(sound(found), 0.80, 0.89)
    assert sound(found).size == SECONDS * 16_000


def test_a_pause_in_sending_is_silence_without_a_warning() -> None:
    sent = stamped(PACKETS)
    resumed = [
        (RtpStamp((stamp.sequence - 25) % 2**16, stamp.timestamp), data)
        for stamp, data in sent[65:]
    ]
    found = heard([*sent[:39], (sent[39][0], b"\xf8"), *resumed])
    samples = sound(found)
    assert samples.size == SECONDS * 16_000
    assert silent(samples, 0.80, 1.28)
    assert warned(found) == []


def test_a_long_pause_begins_a_new_stretch() -> None:
    sent = stamped(PACKETS)
    hour = [
        (RtpStamp(stamp.sequence, (stamp.timestamp + 3600 * RATE_HZ) % 2**32), data)
        for stamp, data in sent[50:]
    ]
    found = heard(sent[:50] + hour)
    assert warned(found) == [Warned(WarningCode.GAP_RESET, 3_600_000)]
    assert sound(found).size == (SECONDS + 1) * 16_000


def test_what_comes_too_late_or_twice_is_dropped() -> None:
    sent = stamped(PACKETS)
    found = heard([*sent[:30], sent[10], *sent[30:]])
    np.testing.assert_array_equal(sound(found), sound(WHOLE))
    assert warned(found) == [Warned(WarningCode.DUPLICATE_DROPPED, 20)]


@pytest.mark.parametrize(("channel", "hz"), [(0, 440), (1, 880)])
def test_one_of_two_channels_can_be_heard(channel: int, hz: int) -> None:
    packets = opus_packets([tone(440), tone(880)])
    assert abs(strongest_hz(sound(heard(stamped(packets), channel))) - hz) < 2


@pytest.mark.parametrize("rate_hz", [8_000, 12_000, 16_000, 24_000, 48_000])
@pytest.mark.parametrize("frame_ms", [10, 20, 60])
def test_every_rate_and_length_is_heard(rate_hz: int, frame_ms: int) -> None:
    samples = np.asarray(0.3 * np.sin(2 * np.pi * 440 * np.arange(rate_hz) / rate_hz), np.float32)
    found = heard(stamped(opus_packets([samples], rate_hz, frame_ms), frame_ms))
    assert warned(found) == []
    whole_ms = -(-1000 // frame_ms) * frame_ms
    assert sound(found).size == whole_ms * 16
    assert abs(float(np.abs(sound(found)[4000:12_000]).max()) - 0.3) < 0.03


@pytest.mark.parametrize("data", [b"", b"\xff\xff\xff\xff\xff", b"\xfb\x83\xff\xff\xff\xff"])
def test_a_packet_that_does_not_decode_is_a_lost_one(data: bytes) -> None:
    sent = stamped(PACKETS)
    found = heard([*sent[:40], (sent[40][0], data), *sent[41:]])
    assert sound(found).size == SECONDS * 16_000
    assert [each.code for each in warned(found)] == [WarningCode.GAP_FILLED]


def test_a_stream_of_something_else_is_refused() -> None:
    noise = np.random.default_rng(2)
    with pytest.raises(InvalidRequest) as error:
        heard(stamped([b"\xff\xff" + noise.bytes(60) for _ in range(2 * MOST_UNDECODABLE)]))
    assert error.value.reason is Reason.BAD_ENCODING


def test_any_bytes_end_this_stream_or_are_heard_and_nothing_else_happens() -> None:
    dice = np.random.default_rng(3)
    for _ in range(10):
        line = intake()
        with closing(line), suppress(InvalidRequest):
            for _ in range(20):
                stamp = RtpStamp(int(dice.integers(2**16)), int(dice.integers(2**32)))
                line.push(0, None, dice.bytes(int(dice.integers(1, 300))), stamp)
            line.finish()


def test_silence_may_stand_for_a_pause() -> None:
    sent = stamped(PACKETS)
    line = intake()
    found: list[Heard] = []
    for stamp, data in sent[:50]:
        found += line.push(0, None, data, stamp)
    found += line.silence(0, 2000)
    for stamp, data in sent[50:]:
        later = RtpStamp(stamp.sequence, (stamp.timestamp + 2 * RATE_HZ) % 2**32)
        found += line.push(0, None, data, later)
    found += line.finish()
    assert warned(found) == []
    assert sound(found).size == (SECONDS + 2) * 16_000
    assert silent(sound(found), 1.05, 2.95)
