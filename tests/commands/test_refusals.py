"""What `translate`, `serve` and `health` refuse before weights are read: one line, no file."""

from pathlib import Path

import pytest

from interp.cli import main

TALK = Path(__file__).parents[1] / "data" / "cases" / "talk.flac"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--policy", "waitq"], "unknown policy; known: "),
        (["--policy", "waitk:k"], "policy parameters are written key=value"),
        (["--to", "englsh"], "did you mean english?"),
        (["--captions", "{folder}/out.doc"], "captions end in .srt"),
        (["--captions", "{folder}/none/out.srt"], "there is no folder"),
        (["--captions", "{folder}"], "captions end in .srt"),
        (["--speech", "{folder}/out.flac"], "speech is written as .wav"),
        (["--speech", "{folder}/none/out.wav"], "there is no folder"),
        (["--mux", "{folder}/out.avi"], "a video ends in .mkv, .mp4, .m4v, .mov"),
        (["--mux", "{folder}/none/out.mkv"], "there is no folder"),
        (["--config", "{folder}/none.toml"], "none.toml"),
        (["--model", "whisper-none"], "no model 'whisper-none'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_translate_refuses_before_weights_are_read(
    words: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [word.replace("{folder}", str(tmp_path)) for word in words]
    assert main(["translate", str(TALK), *given]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("interp translate: ")
    assert message in told.err
    assert told.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_translate_never_writes_over_what_it_hears(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "talk.mkv"
    copy.write_bytes(TALK.read_bytes())
    assert main(["translate", str(copy), "--mux", str(copy)]) == 1
    assert "would be written over" in capsys.readouterr().err
    assert copy.read_bytes() == TALK.read_bytes()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--model", "whisper-none"], "no model 'whisper-none'"),
        (["--config", "none.toml"], "none.toml"),
        (["--lanes", "0"], "a replica has at least one lane"),
        (["--voice", "no/such/folder"], "no/such/folder"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_serve_refuses_before_it_listens(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", "--local", "--address", "127.0.0.1:0", *words]) == 1
    told = capsys.readouterr()
    assert "interp serves" not in told.out
    assert message in told.err.splitlines()[-1]
