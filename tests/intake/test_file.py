from pathlib import Path

import numpy as np
import pytest

from interp.core.audio import Samples
from interp.core.clock import VirtualClock
from interp.core.errors import InvalidRequest, Reason
from interp.core.events import Audio
from interp.intake.file import read_audio
from interp.intake.format import AudioFormat, Encoding, IntakeLimits
from interp.intake.intake import Intake
from tests.fakes.containers import encode, encoded

RATE_HZ = 44_100
SOUND: Samples = np.asarray(0.1 * np.random.default_rng(3).standard_normal(2 * RATE_HZ), np.float32)


def streamed(data: bytes, audio_format: AudioFormat) -> Samples:
    line = Intake(audio_format, IntakeLimits(), VirtualClock())
    heard = [h for n in range(0, len(data), 640) for h in line.push(0, None, data[n : n + 640])]
    heard += line.finish()
    return np.concatenate([each.samples for each in heard if isinstance(each, Audio)])


def test_a_wav_file_equals_its_samples_streamed(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    path.write_bytes(encode(SOUND, RATE_HZ, "wav", "pcm_s16le"))
    raw = np.round(SOUND * 32767).astype("<i2").tobytes()
    np.testing.assert_array_equal(
        read_audio(path), streamed(raw, AudioFormat(Encoding.PCM16, RATE_HZ))
    )


@pytest.mark.parametrize("encoding", [Encoding.FLAC, Encoding.OGG_OPUS, Encoding.WEBM_OPUS])
def test_a_container_file_equals_its_bytes_streamed(encoding: Encoding, tmp_path: Path) -> None:
    data = encoded(SOUND, 48_000, encoding)
    path = tmp_path / "sound"
    path.write_bytes(data)
    np.testing.assert_array_equal(read_audio(path), streamed(data, AudioFormat(encoding)))


@pytest.mark.parametrize(
    ("container", "codec"),
    [("wav", "pcm_u8"), ("wav", "pcm_s32le"), ("wav", "pcm_f32le"), ("wav", "pcm_f64le")],
)
def test_every_sample_type_reads_at_its_true_level(
    container: str, codec: str, tmp_path: Path
) -> None:
    path = tmp_path / "sound.wav"
    path.write_bytes(encode(SOUND, 16_000, container, codec))
    np.testing.assert_allclose(read_audio(path), SOUND, atol=0.01)


def test_a_missing_file_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_audio(tmp_path / "nothing.wav")


@pytest.mark.parametrize("content", [b"", b"not audio at all, only words" * 100])
@pytest.mark.parametrize("name", ["words.wav", "words.mp3", "words.flac", "words"])
def test_a_file_that_is_not_audio_is_refused(content: bytes, name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InvalidRequest) as error:
        read_audio(path)
    assert error.value.reason is Reason.BAD_ENCODING


def test_garbage_after_the_end_leads_nowhere(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Chunks of a CAF have a length, which FFmpeg follows: here to where no file reaches."""
    whole = encode(SOUND, RATE_HZ, "caf", "alac")
    path, damaged = tmp_path / "sound.caf", tmp_path / "damaged.caf"
    path.write_bytes(whole)
    damaged.write_bytes(whole + b"junk" + (121 << 56).to_bytes(8))
    np.testing.assert_array_equal(read_audio(damaged), read_audio(path))
    assert capfd.readouterr().err == ""
