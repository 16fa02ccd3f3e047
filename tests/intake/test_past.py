"""An intake goes on where another was: its audio is what the other's would have been."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interp.core.audio import Samples
from interp.core.clock import VirtualClock
from interp.core.events import Audio
from interp.intake.format import AudioFormat, Encoding, IntakeLimits
from interp.intake.intake import Heard, Intake
from interp.intake.past import MAX_BYTES, TAIL_MS, Message, Past, piece_of
from interp.intake.rtp import RtpStamp
from tests.fakes.containers import encoded
from tests.fakes.packets import opus_packets, stamped

AHEAD = IntakeLimits(max_ahead_ms=10**9)
RATES_HZ = [8_000, 11_025, 16_000, 16_001, 44_100, 48_000]


def intake(audio: AudioFormat) -> Intake:
    return Intake(audio, AHEAD, VirtualClock(), recorded=True)


def sound(seconds: float, rate_hz: int) -> Samples:
    draw = np.random.default_rng(1)
    return (0.1 * draw.standard_normal(round(seconds * rate_hz))).astype(np.float32)


def samples_of(heard: list[Heard]) -> Samples:
    parts = [each.samples for each in heard if isinstance(each, Audio)]
    return np.concatenate([np.zeros(0, np.float32), *parts])


class Line:
    """An intake and its record; `break_off` puts another in its place."""

    def __init__(self, audio: AudioFormat) -> None:
        self._audio, self._intake, self._past = audio, intake(audio), Past(audio)
        self.heard: list[Heard] = []

    def push(self, sequence: int, data: bytes, stamp: RtpStamp | None = None) -> None:
        self.heard += self._intake.push(sequence, None, data, stamp)
        for piece in self._intake.fresh():
            self._past.add(piece)

    def break_off(self) -> None:
        state = self._intake.ledger
        self._intake.close()
        self._intake = intake(self._audio)
        past = pickle.loads(pickle.dumps(self._past))
        self.heard += self._intake.restore(state, past, samples_of(self.heard).size)

    def finish(self) -> Samples:
        self.heard += self._intake.finish()
        return samples_of(self.heard)


@settings(max_examples=25, deadline=None)
@given(
    rate_hz=st.sampled_from(RATES_HZ),
    encoding=st.sampled_from([Encoding.PCM16, Encoding.FLOAT32]),
    breaks=st.sets(st.integers(0, 24), max_size=3),
)
def test_raw_samples_go_on_at_any_rate(rate_hz: int, encoding: Encoding, breaks: set[int]) -> None:
    talk = sound(2.5, rate_hz)
    whole, broken = (Line(AudioFormat(encoding, rate_hz)) for _ in range(2))
    for number, part in enumerate(np.array_split(talk, 25)):
        pcm16 = (part * 32767).astype("<i2").tobytes()
        data = pcm16 if encoding is Encoding.PCM16 else part.astype("<f4").tobytes()
        whole.push(number + 1, data)
        broken.push(number + 1, data)
        if number in breaks:
            broken.break_off()
    expected, found = whole.finish(), broken.finish()
    assert found.size == expected.size
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize("encoding", [Encoding.OGG_OPUS, Encoding.WEBM_OPUS, Encoding.FLAC])
def test_a_container_goes_on(encoding: Encoding) -> None:
    data = encoded(sound(2.0, 48_000), 48_000, encoding)
    whole, broken = (Line(AudioFormat(encoding)) for _ in range(2))
    parts = [data[i : i + 1000] for i in range(0, len(data), 1000)]
    for number, part in enumerate(parts):
        whole.push(number + 1, part)
        broken.push(number + 1, part)
        if number in (0, len(parts) // 2):
            broken.break_off()
    np.testing.assert_array_equal(broken.finish(), whole.finish())


def test_packets_go_on_also_while_some_wait_for_one_that_is_late() -> None:
    packets = stamped(opus_packets([sound(2.0, 48_000)]))
    packets[30], packets[31] = packets[31], packets[30]
    whole, broken = (Line(AudioFormat(Encoding.OPUS_PACKETS)) for _ in range(2))
    for number, (stamp, data) in enumerate(packets):
        whole.push(number + 1, data, stamp)
        broken.push(number + 1, data, stamp)
        if number in (30, 60):
            broken.break_off()
    np.testing.assert_array_equal(broken.finish(), whole.finish())


def test_a_message_sent_again_after_the_break_is_heard_once() -> None:
    data = encoded(sound(1.0, 48_000), 48_000, Encoding.OGG_OPUS)
    whole, broken = (Line(AudioFormat(Encoding.OGG_OPUS)) for _ in range(2))
    for number, part in enumerate([data[:4000], data[4000:]]):
        whole.push(number + 1, part)
        broken.push(number + 1, part)
        broken.break_off()
        broken.push(number + 1, part)
    np.testing.assert_array_equal(broken.finish(), whole.finish())


def test_of_raw_samples_little_is_kept_and_of_16_khz_nothing() -> None:
    past = Past(AudioFormat(Encoding.PCM16, 48_000))
    for _ in range(100):
        past.add(piece_of(np.zeros(4800, np.float32)))
    assert past.tail.size <= TAIL_MS * 48 + 2 * 4800
    line = intake(AudioFormat(Encoding.PCM16, 16_000))
    line.push(1, None, bytes(3200))
    assert line.fresh() == ()


def test_a_container_that_is_too_long_cannot_be_gone_on_with() -> None:
    past = Past(AudioFormat(Encoding.OGG_OPUS))
    for number in range(5):
        assert past.whole
        past.add(Message(number + 1, bytes(MAX_BYTES // 4 - 64)))
    assert not past.whole
    assert past.messages == []


@pytest.mark.parametrize(("sound", "kind"), [([0.5, -1.0], np.int16), ([0.5, 1e-6], np.float32)])
def test_samples_are_kept_small_where_that_loses_nothing(
    sound: list[float], kind: type[np.generic]
) -> None:
    samples = np.array(sound, np.float32)
    piece = piece_of(samples)
    assert not isinstance(piece, Message)
    assert piece.dtype == kind
    past = Past(AudioFormat(Encoding.PCM16, 48_000))
    past.add(piece)
    np.testing.assert_array_equal(past.tail, samples)
