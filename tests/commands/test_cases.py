"""Shapes of files and sessions that went wrong once, through the commands and real weights."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import av
import pytest

from interp.cli import main
from interp.deployment import Deployment
from interp.serve.config import ServerSettings
from interp.service import serving
from tests.outlets.caption_checker import faults, read_srt

pytestmark = pytest.mark.weights

CASES = Path(__file__).parents[1] / "data" / "cases"
PROGRAM = [sys.executable, "-m", "interp.cli"]


def translate(*arguments: object) -> int:
    return main(["translate", *map(str, arguments)])


def test_captions_of_audio_that_starts_late_are_late_too(tmp_path: Path) -> None:
    out = tmp_path / "out.srt"
    assert translate(CASES / "audio-starts-late.mkv", "--captions", out) == 0
    first = read_srt(out.read_text(encoding="utf-8"))[0]
    assert first.start_ms == pytest.approx(5_000, abs=500)


@pytest.mark.parametrize(
    ("name", "heard", "warned"),
    [
        ("mp3-with-damage.mp3", "connect", "damaged: left silent (from 4."),
        ("opposite-phase.flac", "demonstration", "the channels cancel out"),
        ("surround.mp4", "connect", ""),
        ("two-audio-tracks.mkv", "connect", "2 audio tracks"),
    ],
)
def test_the_speech_in_a_file_of_any_shape_is_translated(
    name: str, heard: str, warned: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / name  # captions of a video go beside it
    file.write_bytes((CASES / name).read_bytes())
    assert translate(file) == 0
    out = capsys.readouterr()
    assert heard in out.out.lower()
    assert warned in out.err


def test_short_sentences_share_cues_that_stay_with_their_words(tmp_path: Path) -> None:
    out = tmp_path / "out.srt"
    file = CASES / "short-sentences-captions.ogg"
    assert translate(file, "--from", "en", "--captions", out) == 0
    content = out.read_text(encoding="utf-8")
    cues = read_srt(content)
    lines = [line for cue in cues for line in cue.lines]
    assert faults(content) == []
    assert not any(line.endswith(("Mr.", "Dr.")) for line in lines)
    assert any(" ".join(cue.lines).count(".") >= 3 for cue in cues)
    river = next(cue for cue in cues if "river" in " ".join(cue.lines))
    assert river.start_ms < 10_500


def test_what_cannot_be_saved_is_refused_before_any_work(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = CASES / "language-tags.flac"
    assert translate(file, "--captions", tmp_path / "nowhere" / "out.srt") == 1
    out = capsys.readouterr()
    assert "there is no folder" in out.err
    assert out.out == ""
    assert translate(file, "--captions", tmp_path / "out.SRT") == 0
    assert (tmp_path / "out.SRT").read_text(encoding="utf-8").startswith("1\n")


def test_a_batch_goes_on_after_a_bad_file_and_counts(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    bad = tmp_path / "talk.flac"
    bad.write_bytes(b"no sound at all" * 100)
    good = [CASES / "talk.flac", CASES / "language-tags.flac"]
    captions, speech = tmp_path / "out.srt", tmp_path / "out.wav"
    assert translate(bad, *good, "--captions", captions, "--speech", speech) == 1
    out = capsys.readouterr()
    assert f"{bad}: the file is not audio" in out.err
    assert out.out.endswith("2 of 3 recordings translated\n")
    assert len(list(tmp_path.glob("out.*.srt"))) == len(list(tmp_path.glob("out.*.wav"))) == 2


def test_names_and_letters_that_a_terminal_cannot_show_stop_nothing(tmp_path: Path) -> None:
    for name in (b"tal\xe9.flac", b"talk.flac"):
        with open(os.fsencode(tmp_path) + b"/" + name, "wb") as file:
            file.write((CASES / "talk.flac").read_bytes())
    files = [os.fsdecode(b"tal\xe9.flac"), "talk.flac"]
    words = [*PROGRAM, "translate", *files, "--to", "fr", "--captions", "srt"]
    shell = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONPATH": str(Path.cwd())}
    ran = subprocess.run(words, capture_output=True, cwd=tmp_path, env=shell, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.endswith(b"2 of 2 recordings translated\n")
    assert len(list(tmp_path.glob("*.fr.srt"))) == 2


@pytest.mark.parametrize("original", ["second", "duck"])
def test_a_copy_of_a_video_carries_captions_and_the_spoken_translation(
    tmp_path: Path, original: str
) -> None:
    out = tmp_path / "out.mp4"
    video = CASES / "audio-starts-late.mkv"
    assert translate(video, "--mux", out, "--original", original) == 0
    with av.open(str(out)) as copy:
        assert [stream.type for stream in copy.streams if stream.type == "video"] == ["video"]
        assert len(copy.streams.audio) == (2 if original == "second" else 1)
        (text,) = copy.streams.subtitles
        shown = [packet for packet in copy.demux(text) if packet.size > 2]
        assert shown[0].pts is not None
        assert text.time_base is not None
        assert float(shown[0].pts * text.time_base) == pytest.approx(5, abs=0.5)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A server in a process of its own, without Ray."""
    command = [*PROGRAM, "serve", "--local", "--address", "127.0.0.1:0", "--lanes", "4"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield server.stdout.readline().split()[-1]
        server.send_signal(signal.SIGTERM)


@pytest.mark.parametrize(
    ("command", "number", "status"),
    [
        ("stream", signal.SIGINT, 130),
        ("stream", signal.SIGHUP, 129),
        ("translate", signal.SIGINT, 130),
        ("translate", signal.SIGTERM, 143),
        ("translate", signal.SIGHUP, 129),
    ],
)
def test_an_interruption_keeps_what_was_written(
    address: str, command: str, number: int, status: int, tmp_path: Path
) -> None:
    out = tmp_path / "out.srt"
    file = str(CASES / "ctrl-c-captions.ogg")
    where = ["--server", address] if command == "stream" else ["--realtime"]
    words = [*PROGRAM, command, file, *where, "--captions", str(out)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as client:
        assert client.stdout is not None
        first = client.stdout.read(10)
        client.send_signal(number)
        text = first + client.stdout.read()
        assert client.wait(20) == status
    written = " ".join(line for cue in read_srt(out.read_text()) for line in cue.lines)
    assert text.split()
    assert written.split()[: len(text.split())] == text.split()


def test_a_copy_of_a_video_that_is_interrupted_leaves_its_captions(tmp_path: Path) -> None:
    video, out = CASES / "audio-starts-late.mkv", tmp_path / "out.mp4"
    words = [*PROGRAM, "translate", str(video), "--realtime", "--mux", str(out)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        text = program.stdout.read(5)
        program.send_signal(signal.SIGINT)
        text += program.stdout.read()
        assert program.wait(20) == 130
    assert not out.exists()
    kept = " ".join((tmp_path / "out.en.srt").read_text(encoding="utf-8").split())
    assert text.split()[0] in kept


def test_a_pipe_that_ends_within_a_sample_loses_no_word(address: str, tmp_path: Path) -> None:
    content = (CASES / "pipe-odd-byte.raw").read_bytes()
    texts = []
    for ending in (content, content[:-1]):
        out = tmp_path / "out.srt"
        command = [*PROGRAM, "stream", "-", "--server", address, "--captions", str(out)]
        ran = subprocess.run(command, input=ending, capture_output=True, timeout=60, check=True)
        texts.append((ran.stdout, out.read_text(encoding="utf-8")))
    assert texts[0] == texts[1]
    assert texts[0][0].strip()


async def _cut_off(folder: Path) -> tuple[int, bytes]:
    """A server that goes away in the middle of a session: status and output of its client."""
    here = Deployment(server=ServerSettings(address="127.0.0.1:0", drain_s=0.0))
    file = str(CASES / "ctrl-c-captions.ogg")
    async with serving(here, local=True) as server:
        command = ["stream", file, "--server", f"127.0.0.1:{server.port}", "--resume-window", "0"]
        client = await asyncio.create_subprocess_exec(
            *PROGRAM, *command, "--captions", str(folder / "out.srt"), stdout=subprocess.PIPE
        )
        assert client.stdout is not None
        text = await client.stdout.readexactly(10)
    text += await client.stdout.read()
    return await client.wait(), text


def test_a_server_that_goes_away_takes_nothing_that_was_written(tmp_path: Path) -> None:
    status, text = asyncio.run(_cut_off(tmp_path))
    assert status == 1
    content = (tmp_path / "out.srt").read_text(encoding="utf-8")
    shown = re.sub(r"\d+\n[\d:,]+ --> [\d:,]+\n", "", content)
    assert shown.split() == text.decode().split() != []


@pytest.mark.parametrize("tag", ["nb-NO", "fil-PH", "cmn-Hans-CN", "iw", "in", "Norwegian"])
def test_tags_and_names_of_languages_that_are_heard_are_served(tag: str) -> None:
    assert translate(CASES / "language-tags.flac", "--from", tag) == 0
