"""What packets say of themselves, asked of a real encoder's."""

import numpy as np
import pytest

from interp.intake.opus import is_pause, packet_samples
from tests.fakes.packets import opus_packets

NOISE = np.asarray(0.1 * np.random.default_rng(0).standard_normal(48_000), np.float32)


@pytest.mark.parametrize("frame_ms", [10, 20, 40, 60])
@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 24_000, 48_000])
def test_a_packet_is_as_long_as_what_was_encoded(rate_hz: int, frame_ms: int) -> None:
    packets = opus_packets([NOISE[:rate_hz]], rate_hz, frame_ms)
    assert {packet_samples(packet) for packet in packets} == {frame_ms * 48}
    assert not any(map(is_pause, packets))


@pytest.mark.parametrize(
    ("packet", "ms"), [(b"\x80", 2.5), (b"\x89\0", 10), (b"\x0b\x02", 40), (b"\xfb\x06", 120)]
)
def test_the_frames_of_a_packet_are_counted(packet: bytes, ms: float) -> None:
    assert packet_samples(packet) == ms * 48


@pytest.mark.parametrize("packet", [b"", b"\xfb", b"\xfb\x00", b"\x1b\x03", b"\xfb\x3f"])
def test_what_is_empty_has_no_frames_or_lasts_too_long_is_none(packet: bytes) -> None:
    assert packet_samples(packet) is None


def test_a_header_without_sound_is_a_pause() -> None:
    assert is_pause(b"\xf8")
    assert is_pause(b"\xf8\xff")
