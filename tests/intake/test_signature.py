import numpy as np
import pytest

from interp.core.audio import Samples
from interp.intake.signature import LONG_BYTES, is_file_format, may_be_frames
from tests.fakes.containers import encode

NOISE: Samples = np.asarray(0.1 * np.random.default_rng(3).standard_normal(16_000), np.float32)


@pytest.mark.parametrize(
    ("head", "known"),
    [
        (b"RIFF\0\0\0\0WAVE", True),
        (b"RF64\0\0\0\0WAVE", True),
        (b"RIFF\0\0\0\0AVI ", True),
        (b"RIFF\0\0\0\0WEBP", False),
        (b"fLaC\0\0\0\x22", True),
        (b"OggS\0\2", True),
        (b"\x1aE\xdf\xa3\1\0", True),
        (b"ID3\4\0", True),
        (b"\0\0\0\x18ftypmp42", True),
        (b"FORM\0\0\0\0AIFF", True),
        (b".snd\0\0\0\x18", True),
        (b"\0\1" * 6, False),
        (b"\0" * 12, False),
        (b"\0\0\0\0WAVE", False),
        (b"ftyp", False),
        (b"", False),
    ],
)
def test_a_file_is_told_from_bare_samples_by_its_head(head: bytes, known: bool) -> None:
    assert is_file_format(head) is known
    assert not may_be_frames(head)


@pytest.mark.parametrize(
    ("container", "codec", "rate_hz"),
    [("mp3", "libmp3lame", rate_hz) for rate_hz in (8_000, 16_000, 22_050, 44_100, 48_000)]
    + [("mp2", "mp2", rate_hz) for rate_hz in (16_000, 44_100, 48_000)],
)
def test_frames_of_any_version_are_followed_to_the_next(
    container: str, codec: str, rate_hz: int
) -> None:
    content = encode(NOISE, rate_hz, container, codec)
    start = content.index(b"\xff")  # behind the ID3 tag that FFmpeg writes
    assert is_file_format(content[start : start + LONG_BYTES])


@pytest.mark.parametrize("container", ["adts", "mpegts"])
def test_aac_and_transport_streams_are_known_by_their_rhythm(container: str) -> None:
    head = encode(NOISE, 16_000, container, "aac")[:LONG_BYTES]
    assert may_be_frames(head)
    assert is_file_format(head)


def test_samples_that_begin_like_a_frame_are_still_samples() -> None:
    for first in (b"\xff\xfb\x90\x00", b"\xff\xf1\x50\x80\x20\x1f", b"G\0"):
        samples = (NOISE * 32767).astype("<i2").tobytes()
        assert not is_file_format((first + samples)[:LONG_BYTES])
