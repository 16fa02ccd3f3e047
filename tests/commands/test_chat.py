"""Questions to a model folder: every mode, and what is said where one does not go."""

import wave
from pathlib import Path

import numpy as np
import pytest
import soundfile

from interp.cli import main
from tests.models.omni.tiny_folder import write_tiny_codec, write_tiny_omni


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("chat")
    write_tiny_omni(home / "model")
    write_tiny_omni(home / "mute", codec="")
    write_tiny_codec(home / "codec")
    noise = np.random.default_rng(0).normal(0, 0.1, 16_000)
    soundfile.write(home / "a.wav", noise, 16_000)
    return home


def chat(home: Path, *words: str, model: str = "model") -> int:
    drawn = [] if "--temperature" in words else ["--temperature", "1"]
    return main(["chat", *words, *drawn, "--model", str(home / model)])


@pytest.mark.parametrize("question", ["one two", "a.wav"])
@pytest.mark.parametrize("more", [[], ["--to", "pt-BR"]], ids=["answer", "translation"])
def test_a_text_or_a_recording_is_answered_in_text_and_speech(
    home: Path, tmp_path: Path, question: str, more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    asked = str(home / question) if question.endswith("wav") else question
    assert chat(home, asked, *more) == 0
    out = tmp_path / "out.wav"
    aloud = ["--speech", str(out), "--codec", str(home / "codec"), "--temperature", "1"]
    assert chat(home, asked, *more, *aloud) == 0
    assert capsys.readouterr().err == ""
    with wave.open(str(out)) as file:
        assert file.getframerate() == 24_000
        assert file.getnframes() % 2_048 == 0
        assert file.getnframes() > 0


def test_the_same_seed_is_the_same_answer(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = []
    for seed in ("1", "1", "2"):
        assert chat(home, "one two", "--temperature", "1", "--seed", seed) == 0
        told.append(capsys.readouterr().out)
    assert told[0] == told[1] != told[2]


def test_a_recording_is_written_down(home: Path) -> None:
    assert chat(home, str(home / "a.wav"), "--transcribe") == 0


@pytest.mark.parametrize(
    ("words", "model", "told"),
    [
        (["one", "--to", "fr"], "model", "fr is not among en, pt"),
        (["one", "--transcribe"], "model", "there is no such file"),
        (["one", "--aloud"], "model", "into a file: --speech"),
        (["one", "--speech", "x.wav"], "model", "--speech and --codec go together"),
        (["one"], "absent", "there is no folder"),
        (["one"], "codec", "is no model that can be asked"),
        (["one", "--speech", "x.wav", "--codec", "CODEC"], "mute", "has not learnt to speak"),
    ],
)
def test_what_does_not_go_is_said_in_one_line(
    home: Path, words: list[str], model: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [str(home / "codec") if word == "CODEC" else word for word in words]
    assert chat(home, *words, model=model) == 1
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1
