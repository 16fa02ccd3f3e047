"""`interp stream` as a person meets it: a server on a free port, and what is printed and saved."""

import json
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from interp.cli import main
from interp.serve.auth import Tenant, digest_of
from tests.client.gateway_thread import gateway_in_thread
from tests.fakes.replica import FakeReplica
from tests.serve.gateway import settings

KEY = "open sesame"
TENANT = Tenant("museum", digest_of(KEY))
LENGTH_MS = 300
WRITTEN = ["w0", "w1", "w2"]
NOWHERE = "127.0.0.1:9"


@contextmanager
def gateway(replica: FakeReplica, *tenants: Tenant) -> Iterator[str]:
    """The address of a server over a replica."""
    with gateway_in_thread(replica, config=settings(tenants=tenants)) as running:
        yield running.address


@pytest.fixture
def talk(tmp_path: Path) -> str:
    """A recording of some silence, 16 kHz."""
    path = tmp_path / "talk.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(b"\0\1" * 16 * LENGTH_MS)
    return str(path)


def test_words_are_printed_a_segment_a_line(talk: str, capsys: pytest.CaptureFixture[str]) -> None:
    with gateway(FakeReplica()) as server:
        assert main(["stream", talk, "--server", server]) == 0
    told = capsys.readouterr()
    assert told.out == " ".join(WRITTEN) + "\n"
    assert told.err == ""


def test_json_is_an_object_a_line_and_names_the_file(
    talk: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with gateway(FakeReplica()) as server:
        assert main(["stream", talk, "--server", server, "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["text"] for line in lines if line["event"] == "word"] == WRITTEN
    assert {line["file"] for line in lines} == {talk}
    assert lines[-1]["event"] == "ended"
    assert lines[-1]["heard_ms"] == LENGTH_MS


@pytest.mark.parametrize("suffix", ["srt", "vtt", "txt", "ttml", "json"])
def test_captions_are_saved_in_the_format_of_their_name(
    talk: str, tmp_path: Path, suffix: str
) -> None:
    out = tmp_path / f"out.{suffix}"
    with gateway(FakeReplica()) as server:
        assert main(["stream", talk, "--server", server, "--captions", str(out)]) == 0
    saved = out.read_text(encoding="utf-8")
    assert " ".join(WRITTEN) in saved
    begins = {"vtt": "WEBVTT", "srt": "1\n", "txt": "w0", "ttml": "<", "json": ("[", "{")}
    assert saved.startswith(begins[suffix])  # type: ignore[arg-type]


def test_a_suffix_alone_puts_captions_beside_the_recording(talk: str, tmp_path: Path) -> None:
    with gateway(FakeReplica()) as server:
        assert main(["stream", talk, "--server", server, "--captions", "vtt"]) == 0
    assert (tmp_path / "talk.en.vtt").read_text().startswith("WEBVTT")


def test_all_speech_is_saved(talk: str, tmp_path: Path) -> None:
    out = tmp_path / "out.wav"
    with gateway(FakeReplica()) as server:
        assert main(["stream", talk, "--server", server, "--speech", str(out)]) == 0
    with wave.open(str(out)) as file:
        assert file.getframerate() == 24_000
        samples = file.readframes(file.getnframes())
    assert len(samples) >= 2 * 2048 * len(WRITTEN)
    assert any(samples)


def test_the_original_lies_under_the_speech(talk: str, tmp_path: Path) -> None:
    alone, both = tmp_path / "alone.wav", tmp_path / "both.wav"
    with gateway(FakeReplica()) as server:
        assert main(["stream", talk, "--server", server, "--speech", str(alone)]) == 0
        under = ["--speech", str(both), "--under", "12"]
        assert main(["stream", talk, "--server", server, *under]) == 0
    assert both.read_bytes() != alone.read_bytes()


def test_a_key_opens_a_server_that_asks_for_one(
    talk: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with gateway(FakeReplica(), TENANT) as server:
        assert main(["stream", talk, "--server", server, "--key", KEY]) == 0
    assert capsys.readouterr().out.split() == WRITTEN


def test_the_key_may_stand_in_the_environment(
    talk: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTERP_KEY", KEY)
    with gateway(FakeReplica(), TENANT) as server:
        assert main(["stream", talk, "--server", server]) == 0
        assert main(["stream", talk, "--server", server, "--key", "another"]) == 1
    told = capsys.readouterr()
    assert told.out.split() == WRITTEN
    assert told.err.startswith("interp stream: ")


@pytest.mark.parametrize("key", ["", "another"])
def test_without_the_key_one_line_says_so(
    talk: str, key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with gateway(FakeReplica(), TENANT) as server:
        assert main(["stream", talk, "--server", server, "--key", key]) == 1
    told = capsys.readouterr()
    assert told.out.strip() == ""
    assert "key" in told.err
    assert told.err.count("\n") == 1


@pytest.mark.parametrize("source", ["en-GB", "English", "en"])
def test_a_server_takes_tags_and_names_of_languages(
    talk: str, source: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with gateway(FakeReplica()) as server:
        assert main(["stream", talk, "--server", server, "--from", source]) == 0
    assert capsys.readouterr().out.split() == WRITTEN


def test_languages_that_are_not_served_are_one_line(
    talk: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with gateway(FakeReplica()) as server:
        assert main(["stream", talk, "--server", server, "--to", "sw"]) == 1
    told = capsys.readouterr()
    assert "not served" in told.err
    assert told.err.count("\n") == 1


def test_a_server_that_is_not_there_is_one_line(
    talk: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["stream", talk, "--server", NOWHERE, "--resume-window", "0"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("interp stream: ")
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--policy", "waitq"], "unknown policy; known: "),
        (["--policy", "waitk:k=none"], "a policy parameter has a bad value"),
        (["--from", "frenhc"], "did you mean french?"),
        (["--to", "englsh"], "did you mean english?"),
        (["--captions", "out.doc"], "captions end in .srt"),
        (["--speech", "out.mp3"], "speech is written as .wav"),
        (["--captions", "nowhere/out.srt"], "there is no folder nowhere"),
        (["--speech", "nowhere/out.wav"], "there is no folder nowhere"),
        (["--glossary", "nowhere.csv"], "nowhere.csv"),
        (["--track", "7"], "track"),
        (["--tls-authority", "nowhere.pem"], "nowhere.pem"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_done_is_one_line_before_any_server_is_asked(
    talk: str, words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["stream", talk, "--server", NOWHERE, *words]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("interp stream: ")
    assert message in told.err
    assert told.err.count("\n") == 1


def test_a_recording_is_never_written_over(talk: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = Path(talk).read_bytes()
    assert main(["stream", talk, "--server", NOWHERE, "--speech", talk]) == 1
    assert "would be written over" in capsys.readouterr().err
    assert Path(talk).read_bytes() == before


def test_a_recording_that_is_not_there_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["stream", str(tmp_path / "none.wav"), "--server", NOWHERE]) == 1
    assert "none.wav" in capsys.readouterr().err


@pytest.mark.parametrize(
    "content", [b"", b"Dear Sir,\n" * 100, bytes(range(256)) * 8], ids=["empty", "text", "bytes"]
)
def test_a_file_that_is_no_sound_is_refused(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "letter.txt"
    path.write_bytes(content)
    assert main(["stream", str(path), "--server", NOWHERE]) == 1
    error = capsys.readouterr().err
    assert "audio" in error
    assert error.count("\n") == 1
