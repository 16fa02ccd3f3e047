"""Files by their first bytes, as real writers write them."""

import io
import struct

import numpy as np
import pytest
import soundfile

from interp.core.errors import InvalidRequest, Reason
from interp.doors.sniff import MOST_HEADER_BYTES, Found, sniff
from interp.intake.format import AudioFormat, Encoding
from tests.fakes.containers import encoded

RAW = AudioFormat(Encoding.PCM16, 8_000)
SOUND = np.full(400, 0.25, np.float32)


def written(subtype: str, *, container: str = "WAV", channels: int = 1) -> bytes:
    file = io.BytesIO()
    block = np.repeat(SOUND[:, None], channels, axis=1)
    soundfile.write(file, block, 22_050, subtype=subtype, format=container)
    return file.getvalue()


@pytest.mark.parametrize("container", ["WAV", "WAVEX"])
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize(
    ("subtype", "encoding"), [("PCM_16", Encoding.PCM16), ("FLOAT", Encoding.FLOAT32)]
)
def test_a_wav_file_tells_its_samples_and_where_they_begin(
    subtype: str, encoding: Encoding, channels: int, container: str
) -> None:
    data = written(subtype, container=container, channels=channels)
    found = sniff(data, RAW)
    assert found is not None
    assert found.audio == AudioFormat(encoding, 22_050, channels)
    rest = len(data) - found.header_bytes
    width = 2 if encoding is Encoding.PCM16 else 4
    assert rest >= SOUND.size * width * channels
    assert rest - SOUND.size * width * channels < 200, "but for what follows the samples"


def test_any_beginning_of_a_header_asks_for_more() -> None:
    data = written("PCM_16")
    found = sniff(data, RAW)
    assert found is not None
    assert all(sniff(data[:size], RAW) is None for size in range(found.header_bytes))
    assert sniff(data[: found.header_bytes], RAW) == found


@pytest.mark.parametrize("encoding", [Encoding.FLAC, Encoding.OGG_OPUS])
def test_a_container_is_known_by_its_name(encoding: Encoding) -> None:
    assert sniff(encoded(SOUND, 48_000, encoding), RAW) == Found(AudioFormat(encoding), 0)


def test_what_tells_nothing_is_what_was_announced() -> None:
    assert sniff(b"\0\1\2\3", RAW) == Found(RAW, 0)


@pytest.mark.parametrize(
    "data",
    [
        written("PCM_24"),
        written("ULAW"),
        b"RIFF\0\0\0\0WAVEdata\4\0\0\0",
        b"RIFF\0\0\0\0WAVEfmt \2\0\0\0\1\0",
        b"RIFF\0\0\0\0WAVEjunk" + struct.pack("<I", 2**31) + bytes(MOST_HEADER_BYTES),
    ],
)
def test_another_kind_of_file_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidRequest) as error:
        sniff(data, RAW)
    assert error.value.reason is Reason.BAD_ENCODING
