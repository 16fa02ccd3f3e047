import wave
from pathlib import Path

import numpy as np
import pytest

from interp.cli import main
from interp.commands.say import sayable
from interp.core.errors import InvalidRequest
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


def test_each_seed_is_a_take_of_its_own_that_can_be_had_again(tmp_path: Path, voice: str) -> None:
    likeliest = said(tmp_path / "a.wav", "--voice", voice)
    one, again, two = (
        said(tmp_path / "a.wav", "--voice", voice, "--seed", seed) for seed in ("1", "1", "2")
    )
    assert one == again
    assert len({likeliest, one, two}) == 3


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


def test_other_languages_keep_their_symbols_for_their_own_spelling() -> None:
    assert sayable("5 € e 10%", "pt") == ["5", "€", "e", "10%"]


def test_a_quieter_level_is_quieter(tmp_path: Path, voice: str) -> None:
    own, quiet = (
        np.frombuffer(said(tmp_path / "a.wav", "--voice", voice, "--level", level), "<i2")
        for level in ("-36", "-56")
    )
    assert np.abs(quiet).max() < np.abs(own).max() / 8


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


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hello there", ["Hello", "there"]),
        ("  two \n lines\t", ["two", "lines"]),
        ("naïve café", ["naïve", "café"]),
        ("100%", ["100", "percent", "sign"]),
        ("a@b", ["a", "commercial", "at", "b"]),
        ("#1", ["number", "sign", "1"]),
        ("1+1=2", ["1", "plus", "sign", "1", "equals", "sign", "2"]),
        ("£5", ["pound", "sign", "5"]),
        ("20°", ["20", "degree", "sign"]),
        ("😀", ["grinning", "face"]),
        ("don't", ["don't"]),
        ("well-known,", ["well-known,"]),
    ],
)
def test_a_text_becomes_words_that_a_voice_can_say(text: str, words: list[str]) -> None:
    assert sayable(text) == words


@pytest.mark.parametrize("text", ["", " ", "...", "-- --", "?!"])
def test_a_text_without_words_says_nothing(text: str) -> None:
    with pytest.raises(InvalidRequest, match="there is nothing to say"):
        sayable(text)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("你好", "你好"),
        ("Hello мир", "мир"),
        ("a 你 c 好", "你 好"),
        ("一 二 三 四 五 六", "一 二 三 四 五$"),
    ],
)
def test_letters_that_no_voice_reads_are_named_at_most_five_words(text: str, named: str) -> None:
    with pytest.raises(InvalidRequest, match=f"no voice here reads these letters: {named}"):
        sayable(text)


@pytest.mark.parametrize(
    ("out", "message"),
    [
        ("a.mp3", "speech is written as .wav"),
        ("a", "speech is written as .wav"),
        ("nowhere/a.wav", "there is no folder"),
    ],
)
def test_a_file_that_cannot_be_written_is_refused_before_anything_is_said(
    tmp_path: Path, out: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["say", TEXT, "--out", str(tmp_path / out), "--voice", "no/such/folder"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert message in told.err
    assert told.err.count("\n") == 1


def test_a_language_that_is_none_is_refused(
    tmp_path: Path, voice: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "a.wav")
    assert main(["say", TEXT, "--out", out, "--voice", voice, "--language", "englsh"]) == 1
    assert "did you mean english?" in capsys.readouterr().err


@pytest.mark.parametrize("language", ["en", "en-GB", "English"])
def test_the_language_of_a_voice_may_be_a_tag_or_a_name(
    tmp_path: Path, voice: str, language: str
) -> None:
    assert said(tmp_path / "a.wav", "--voice", voice, "--language", language)


def test_what_was_said_is_told_in_one_line_with_its_file(
    tmp_path: Path, voice: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "a.wav"
    length_s = len(said(out, "--voice", voice)) / 2 / 24_000
    told = capsys.readouterr()
    assert told.out.startswith(f"{out}: {length_s:.1f} s of speech, ")
    assert told.out.count("\n") == 1
    assert told.err == ""
