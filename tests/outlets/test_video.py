"""A copy of a video: pictures as they were, captions, and where the original sound is."""

import io
from pathlib import Path

import av
import numpy as np
import pytest
from av.stream import Disposition

from interp.core.audio import Samples
from interp.core.errors import InvalidRequest, Reason
from interp.core.events import TargetSpeech
from interp.outlets.sound import SpeechFile
from interp.outlets.video import Additions, Original, check_container, write_copy
from tests.fakes.videos import write_video

SRT = (
    "1\n00:00:00,500 --> 00:00:01,500\nGood morning.\nSit down.\n\n"
    "2\n00:00:02,000 --> 00:00:02,900\nصباح\n"
)
SECONDS = 3


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds of grey pictures with a tone."""
    path = tmp_path_factory.mktemp("video") / "talk.mkv"
    write_video(path, tone(500, 0.25, 16_000, SECONDS), SECONDS)
    return path


@pytest.fixture
def speech(tmp_path: Path) -> Path:
    """A second of speech, from the first second on."""
    path = tmp_path / "speech.wav"
    with SpeechFile(path) as file:
        file.take(said(1_000))
    return path


def said(offset_ms: int) -> TargetSpeech:
    """A second of speech."""
    return TargetSpeech(0, tone(1_000, 0.25, 24_000, 1), None, offset_ms, "", 0, 0, 0, 0)


def tone(pitch_hz: int, size: float, rate_hz: int, seconds: int) -> Samples:
    """A tone [sample] that swings from -size to size."""
    at_s = np.arange(seconds * rate_hz) / rate_hz
    return (size * np.sin(2 * np.pi * pitch_hz * at_s)).astype(np.float32)


def level(heard: Samples, second: float, pitch_hz: int) -> float:
    """How far a tone swings in a fifth of a second of sound [sample] at 48 kHz."""
    part = heard[int(second * 48_000) :][:9_600]
    turn = np.exp(-2j * np.pi * pitch_hz * np.arange(part.size) / 48_000)
    return float(2 * np.abs(np.mean(part * turn)))


def kinds(path: Path) -> list[tuple[str, str | None, bool]]:
    """Of each stream: what it is, its language, and whether it is the one that plays."""
    with av.open(str(path)) as video:
        return [
            (stream.type, stream.language, bool(stream.disposition & Disposition.default))
            for stream in video.streams
        ]


def packets(path: Path, kind: str) -> list[bytes]:
    with av.open(str(path)) as video:
        (stream, *_) = [stream for stream in video.streams if stream.type == kind]
        return [bytes(packet) for packet in video.demux(stream) if packet.size]


def captions(path: Path) -> list[tuple[int, str]]:
    """Start in ms and text of each caption that is not empty."""
    with av.open(str(path)) as video:
        stream = video.streams.subtitles[0]
        shown = []
        for packet in video.demux(stream):
            text = bytes(packet)
            text = text[2:] if path.suffix != ".mkv" else text
            if text and packet.pts is not None and packet.time_base is not None:
                shown.append((round(packet.pts * packet.time_base * 1000), text.decode().strip()))
        return shown


@pytest.mark.parametrize("suffix", [".mkv", ".mp4", ".mov", ".m4v"])
def test_captions_stand_in_every_container_at_their_times(
    talk: Path, tmp_path: Path, suffix: str
) -> None:
    out = tmp_path / f"copy{suffix}"
    write_copy(talk, out, Additions(SRT, None, "en"))
    assert captions(out) == [(500, "Good morning.\nSit down."), (2_000, "صباح")]
    assert [kind for kind, *_ in kinds(out)] == ["video", "audio", "subtitle"]
    assert kinds(out)[2][1] == "eng"


def test_pictures_and_sound_are_copied_bit_by_bit(talk: Path, tmp_path: Path) -> None:
    out = tmp_path / "copy.mkv"
    write_copy(talk, out, Additions(SRT, None, "en"))
    for kind in ("video", "audio"):
        assert packets(out, kind) == packets(talk, kind)


def test_the_spoken_translation_is_what_plays_and_the_original_a_second_track(
    talk: Path, speech: Path, tmp_path: Path
) -> None:
    out = tmp_path / "copy.mkv"
    write_copy(talk, out, Additions(SRT, speech, "en"))
    sounds = [stream[1:] for stream in kinds(out) if stream[0] == "audio"]
    assert sorted(sounds) == [("eng", True), ("fra", False)]


def test_a_ducked_original_is_heard_under_the_speech_and_has_no_track_of_its_own(
    talk: Path, tmp_path: Path
) -> None:
    speech, out = tmp_path / "speech.wav", tmp_path / "copy.mp4"
    with SpeechFile(speech) as file:
        file.take(said(1_000))
    spoken = tuple(file.spoken)
    assert spoken == ((24_000, 48_000),)
    write_copy(talk, out, Additions(SRT, speech, "en", Original.DUCK, spoken=spoken))
    assert [stream for stream in kinds(out) if stream[0] == "audio"] == [("audio", "eng", True)]
    with av.open(str(out)) as video:
        heard = np.concatenate([frame.to_ndarray()[0] for frame in video.decode(audio=0)])
    loud = [level(heard, second, 500) for second in (0.5, 1.4, 2.6)]
    assert loud == pytest.approx([0.25, 0.25 / 5, 0.25], abs=0.02)
    said_level = [level(heard, second, 1_000) for second in (0.5, 1.4, 2.6)]
    assert said_level == pytest.approx([0, 0.25, 0], abs=0.02)


def test_without_speech_the_original_stays_whatever_was_wished(talk: Path, tmp_path: Path) -> None:
    out = tmp_path / "copy.mkv"
    write_copy(talk, out, Additions(SRT, None, "en", Original.DUCK))
    assert packets(out, "audio") == packets(talk, "audio")


@pytest.mark.parametrize("nothing", ["", "\n"])
def test_nothing_written_is_a_copy_without_captions(
    talk: Path, tmp_path: Path, nothing: str
) -> None:
    out = tmp_path / "copy.mp4"
    write_copy(talk, out, Additions(nothing, None, "en"))
    assert [kind for kind, *_ in kinds(out)] == ["video", "audio"]


def test_a_track_that_is_not_there_is_refused_by_name(talk: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="no audio track 2; there are: 1"):
        write_copy(talk, tmp_path / "copy.mkv", Additions(SRT, None, "en", track=2))


def test_what_a_container_cannot_hold_is_refused_and_another_named(tmp_path: Path) -> None:
    video = io.BytesIO()
    with av.open(video, "w", format="matroska") as out:
        stream = out.add_stream("pcm_s16le", rate=16_000, layout="mono")
        assert isinstance(stream, av.AudioStream)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1600), np.int16), "s16", "mono")
        frame.sample_rate = 16_000
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    path = tmp_path / "talk.mkv"
    path.write_bytes(video.getvalue())
    with pytest.raises(InvalidRequest, match=r"\.m4v cannot hold what is in the video; \.mkv can"):
        write_copy(path, tmp_path / "copy.m4v", Additions(SRT, None, "en"))


@pytest.mark.parametrize("name", ["a.mp4", "a.MKV", "a.m4v", "a.mov"])
def test_a_video_may_end_in_any_case(name: str) -> None:
    check_container(Path(name))


@pytest.mark.parametrize("name", ["a.avi", "a", "a.srt", "mp4"])
def test_another_ending_is_refused_and_the_known_ones_named(name: str) -> None:
    with pytest.raises(InvalidRequest, match=r"\.mp4, \.m4v, \.mov, \.mkv") as caught:
        check_container(Path(name))
    assert caught.value.reason is Reason.BAD_CONFIG
