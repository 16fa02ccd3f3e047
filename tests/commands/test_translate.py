import json
import wave
from pathlib import Path

import pytest

from interp.cli import main
from tests.models.voice.tiny import write_tiny_voice

FOLDER = Path(__file__).parents[1] / "data" / "fr"
ENGLISH = FOLDER.parent / "en" / "conf-waitforleader.flac"
FILES = [str(FOLDER / "vm-invalidpassword.flac"), str(FOLDER / "confbridge-conf-begin.flac")]


@pytest.mark.weights
def test_json_gives_one_object_per_word_of_each_file(capsys: pytest.CaptureFixture[str]) -> None:
    command = ["translate", *FILES, "--from", "fr", "--to", "en", "--policy", "waitk:k=3"]
    assert main([*command, "--json", "--threads", "1"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    words = [line for line in lines if line["event"] == "word"]
    assert {word["file"] for word in words} == set(FILES)
    for word in words:
        assert set(word) >= {"event", "file", "segment", "text", "delay_ms", "elapsed_ms"}
        assert word["text"] == word["text"].strip() != ""
        assert word["elapsed_ms"] >= word["delay_ms"] >= 3 * 500
    ended = [line for line in lines if line["event"] == "ended"]
    assert [line["file"] for line in ended] == FILES
    assert sum(line["words"] for line in ended) == len(words) > 6


@pytest.mark.weights
def test_plain_output_and_captions_say_the_same(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    captions = tmp_path / "talk.vtt"
    command = ["translate", FILES[1], "--policy", "offline", "--captions", str(captions)]
    assert main([*command, "--threads", "1"]) == 0
    said = capsys.readouterr().out.split()
    shown = captions.read_text(encoding="utf-8")
    assert shown.startswith("WEBVTT\n")
    assert " ".join(said) in shown.replace("\n", " ")
    assert "conference" in shown.lower() or "conférence" in shown.lower()


@pytest.mark.weights
def test_same_language_captions_transcribe(capsys: pytest.CaptureFixture[str]) -> None:
    command = ["translate", FILES[1], "--from", "fr", "--to", "fr", "--policy", "offline"]
    assert main([*command, "--threads", "1"]) == 0
    assert "conférence" in capsys.readouterr().out.lower()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--to", "de"], "not served"),
        (["--policy", "waitq"], "unknown policy; known: agree, alignatt"),
        (["--model", "whisper-huge"], "whisper-huge"),
    ],
)
@pytest.mark.weights
def test_what_cannot_be_done_is_one_clear_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert main(["translate", FILES[1], "--threads", "1", *arguments]) == 1
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


@pytest.mark.weights
def test_speech_is_saved_on_the_target_timeline(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    write_tiny_voice(tmp_path / "tiny")
    command = ["translate", FILES[0], "--voice", str(tmp_path / "tiny"), "--json"]
    speech = tmp_path / "english.wav"
    assert main([*command, "--threads", "1", "--speech", str(speech)]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    frames = [line for line in lines if line["event"] == "speech"]
    written = [line["text"] for line in lines if line["event"] == "word"]
    assert " ".join(frame["text"] for frame in frames).split() == written != []
    with wave.open(str(speech)) as file:
        length_ms = file.getnframes() / 24
    assert length_ms == pytest.approx(frames[-1]["offset_ms"] + 2048 / 24, abs=2)


@pytest.mark.weights
def test_speech_without_a_voice_is_one_clear_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    command = ["translate", FILES[0], "--voice", str(tmp_path), "--speech"]
    assert main([*command, str(tmp_path / "x.wav")]) == 1
    error = capsys.readouterr().err
    assert "there is no voice in" in error
    assert error.count("\n") == 1


def test_models_list_names_the_catalogue(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "list"]) == 0
    assert "whisper-base" in capsys.readouterr().out


@pytest.mark.weights
def test_english_is_written_in_portuguese(capsys: pytest.CaptureFixture[str]) -> None:
    pt = ["--from", "en", "--to", "pt", "--policy", "agree:n=2,unit_ms=500"]
    assert main(["translate", str(ENGLISH), *pt]) == 0
    assert "A conferência começará quando o líder chegar." in capsys.readouterr().out


@pytest.mark.weights
def test_a_glossary_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    terms = tmp_path / "terms.csv"
    terms.write_text("conference,teleconferência\nleader,presidente\n", encoding="utf-8")
    pt = ["--from", "en", "--to", "pt", "--policy", "offline", "--glossary", str(terms)]
    assert main(["translate", str(ENGLISH), *pt]) == 0
    assert "A teleconferência começará quando o presidente chegar." in capsys.readouterr().out


@pytest.mark.weights
@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_is_spoken_need_not_be_told(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = FOLDER.parent / language / ENGLISH.name
    assert main(["translate", str(file), "--from", "auto", "--policy", "fast", "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (told,) = [line for line in lines if line["event"] == "source_language"]
    assert told["language"] == language
    words = [line["text"] for line in lines if line["event"] == "word"]
    assert "conference" in " ".join(words).lower()


@pytest.mark.weights
def test_another_language_than_was_named_is_warned_of(capsys: pytest.CaptureFixture[str]) -> None:
    spoken = FOLDER.parent / "timed" / "piper-joe.flac"
    assert main(["translate", str(spoken), "--from", "fr", "--policy", "fast"]) == 0
    told = capsys.readouterr()
    assert told.out.strip()
    assert told.err.count("English is heard") == 1
