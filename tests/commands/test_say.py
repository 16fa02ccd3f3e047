import wave
from pathlib import Path

import pytest

from interp.cli import main
from interp.commands.say import sayable
from tests.models.voice.tiny import write_tiny_voice

TEXT = "Bad cab, head egg. Each face!"


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("voices") / "tiny"
    write_tiny_voice(folder)
    return str(folder)


def said(out: Path, *arguments: str) -> bytes:
    assert main(["say", TEXT, "--out", str(out), *arguments]) == 0
    with wave.open(str(out)) as file:
        assert file.getframerate() == 24_000
        content: bytes = file.readframes(file.getnframes())
        return content


def test_the_same_text_sounds_the_same_every_time(tmp_path: Path, voice: str) -> None:
    first, again = (said(tmp_path / "a.wav", "--voice", voice) for _ in range(2))
    assert first == again
    assert len(first) > 10 * 2 * 2048


def test_word_by_word_everything_is_said_too(
    tmp_path: Path, voice: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(tmp_path / "a.wav", "--voice", voice, "--stream")
    told = capsys.readouterr().out
    assert "s of speech" in told
    assert "first frame after" in told


@pytest.mark.parametrize(
    "arguments",
    [["--voice", "no/such/folder"], ["--voice", "."]],
    ids=["no folder", "a folder without a voice"],
)
def test_where_there_is_no_voice_one_line_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert main(["say", TEXT, "--out", str(tmp_path / "a.wav"), *arguments]) == 1
    error = capsys.readouterr().err
    assert "there is no voice in" in error
    assert error.count("\n") == 1
    assert not (tmp_path / "a.wav").exists()


@pytest.mark.parametrize("text", [" ", "...", "你好", "Bad 你好 cab"])
def test_what_cannot_be_said_is_refused_and_leaves_no_file(
    tmp_path: Path, voice: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["say", text, "--out", str(tmp_path / "a.wav"), "--voice", voice]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "a.wav").exists()


def test_symbols_are_spelled_by_their_names() -> None:
    assert sayable("R&D costs 5 €.") == ["R", "ampersand", "D", "costs", "5", "euro", "sign", "."]


def test_a_language_that_the_voice_does_not_speak_is_refused(
    tmp_path: Path, voice: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "a.wav"
    assert main(["say", TEXT, "--out", str(out), "--voice", voice, "--language", "pt"]) == 1
    assert "no voice for pt" in capsys.readouterr().err
    assert not out.exists()


def test_a_slower_rate_takes_longer(tmp_path: Path, voice: str) -> None:
    own = said(tmp_path / "a.wav", "--voice", voice)
    slow = said(tmp_path / "b.wav", "--voice", voice, "--rate", "0.6", "--seed", "1")
    assert len(slow) > len(own)
