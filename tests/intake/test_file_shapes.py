"""Files as people have them: what is heard lies in its place, and what is wrong is said."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from interp.core.audio import Samples
from interp.core.errors import InvalidRequest
from interp.intake.file import about, read_audio, read_recording
from tests.fakes.containers import encode
from tests.fakes.damage import cut, garbled
from tests.fakes.videos import write_video

CASES = Path(__file__).parents[1] / "data" / "cases"
SPEECH = read_audio(CASES / "ctrl-c-captions.ogg")


def loudness(samples: Samples) -> NDArray[np.float32]:
    """Root mean square of each 20 ms."""
    whole = samples[: samples.size // 320 * 320].reshape(-1, 320)
    root: NDArray[np.float32] = np.sqrt(np.square(whole).mean(axis=1))
    return root


def likeness(heard: Samples, meant: Samples) -> float:
    """Correlation of how loud they are at each moment, at the best shift of at most 0.2 s.

    An encoder adds silence of its own, and the length of a hole in MP3 and AAC is an estimate.
    """
    size = min(heard.size, meant.size) // 320
    one, other = loudness(heard)[:size], loudness(meant)[:size]
    shifted = [np.corrcoef(one[10:-10], other[n : size - 20 + n])[0, 1] for n in range(21)]
    return float(max(shifted))


def test_audio_that_starts_late_is_heard_late() -> None:
    recording = read_recording(CASES / "audio-starts-late.mkv")
    assert recording.video
    assert not recording.samples[: int(4.9 * 16_000)].any()
    assert np.abs(recording.samples[5 * 16_000 : 6 * 16_000]).max() > 0.1


def test_of_several_tracks_the_default_one_or_the_one_asked_for_is_heard() -> None:
    path = CASES / "two-audio-tracks.mkv"
    assert read_audio(path).size == pytest.approx(13.2 * 16_000, rel=0.02)
    assert read_audio(path, track=2).size == pytest.approx(2.7 * 16_000, rel=0.05)
    with pytest.raises(InvalidRequest, match=r"no audio track 3; there are: 1 \(aac, default\), 2"):
        read_audio(path, track=3)


def test_speech_in_the_centre_of_surround_sound_is_as_loud_as_in_mono() -> None:
    surround = read_audio(CASES / "surround.mp4")
    assert np.abs(surround).max() > 0.4


def test_opposite_channels_do_not_cancel_the_speech() -> None:
    recording = read_recording(CASES / "opposite-phase.flac")
    assert np.abs(recording.samples).max() > 0.4
    (note,) = recording.notes
    assert "cancel" in note.text


def test_damage_is_silence_in_its_place_and_noted() -> None:
    recording = read_recording(CASES / "mp3-with-damage.mp3")
    assert recording.samples.size == pytest.approx(13.16 * 16_000, rel=0.005)
    (note,) = recording.notes
    assert note.text.startswith("damaged")
    assert note.start_ms == pytest.approx(4400, abs=100)
    assert note.end_ms == pytest.approx(4880, abs=100)


@pytest.mark.parametrize(
    ("container", "codec"),
    [
        ("mp3", "libmp3lame"),
        ("adts", "aac"),
        ("mp4", "aac"),
        ("flac", "flac"),
        ("ogg", "libopus"),
        ("mpegts", "aac"),
    ],
)
def test_a_damaged_file_keeps_its_time(container: str, codec: str, tmp_path: Path) -> None:
    path = tmp_path / "sound"
    path.write_bytes(encode(SPEECH, 16_000, container, codec))
    whole = read_recording(path)
    assert not whole.notes
    path.write_bytes(garbled(path.read_bytes()))
    recording = read_recording(path)
    assert abs(recording.samples.size - whole.samples.size) < 0.15 * 16_000
    after = slice(8 * 16_000, None)
    assert likeness(recording.samples[after], whole.samples[after]) > 0.9
    (note,) = recording.notes
    assert 4_000 < note.start_ms < (note.end_ms or 0) < 8_000


@pytest.mark.parametrize(
    ("container", "codec", "says_so"),
    [
        ("mp3", "libmp3lame", True),
        ("adts", "aac", False),  # such a stream does not say how long it is
        ("flac", "flac", True),
        ("matroska", "libopus", True),
    ],
)
def test_of_a_truncated_file_what_is_there_is_heard(
    container: str, codec: str, says_so: bool, tmp_path: Path
) -> None:
    path = tmp_path / "sound"
    path.write_bytes(cut(encode(SPEECH, 16_000, container, codec)))
    recording = read_recording(path)
    assert recording.samples.size > 7 * 16_000
    assert ["the end is missing" in note.text for note in recording.notes] == [True] * says_so


def test_an_mp4_file_that_was_cut_before_its_index_is_named_as_such(tmp_path: Path) -> None:
    path = tmp_path / "sound"
    path.write_bytes(cut(encode(SPEECH, 16_000, "mp4", "aac")))
    with pytest.raises(InvalidRequest, match="without its index"):
        read_recording(path)


def test_sound_that_ends_before_the_picture_is_not_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "talk.mkv"
    write_video(path, SPEECH[:32_000], length_s=10)
    recording = read_recording(path)
    assert recording.samples.size == pytest.approx(32_000, rel=0.05)
    assert not recording.notes


@pytest.mark.parametrize(("container", "codec"), [("mp3", "libmp3lame"), ("adts", "aac")])
def test_a_rate_that_changes_is_followed(container: str, codec: str, tmp_path: Path) -> None:
    half = SPEECH.size // 2
    path = tmp_path / "sound"
    first = encode(SPEECH[:half], 16_000, container, codec)
    path.write_bytes(first + encode(SPEECH[half:].repeat(2), 32_000, container, codec))
    recording = read_recording(path)
    assert recording.samples.size == pytest.approx(SPEECH.size, rel=0.03)
    assert likeness(recording.samples[: half - 8_000], SPEECH) > 0.9


@pytest.mark.parametrize("channels", [1, 2, 6])
@pytest.mark.parametrize("break_it", [cut, garbled])
def test_nothing_that_is_no_number_and_nothing_too_loud_comes_out(
    channels: int, break_it: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    path = tmp_path / "sound"
    path.write_bytes(break_it(encode(SPEECH, 48_000, "flac", "flac", channels)))
    samples = read_audio(path)
    assert np.isfinite(samples).all()
    assert np.abs(samples).max() <= 1


def test_a_pipe_is_not_looked_at_and_the_way_out_is_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InvalidRequest, match="interp stream -"):
        about(tmp_path / "pipe")


def test_a_file_without_audio_is_named_as_such(tmp_path: Path) -> None:
    path = tmp_path / "words.srt"
    path.write_text("1\n00:00:01,000 --> 00:00:02,000\nHello.\n")
    with pytest.raises(InvalidRequest, match="no audio in the file"):
        read_audio(path)
