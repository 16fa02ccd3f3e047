"""The demo out of English: a real server and client, real weights, at the speed of speech."""

from pathlib import Path

import pytest

from interp.cli import main


@pytest.mark.weights
@pytest.mark.slow
def test_english_speech_is_written_in_portuguese(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ["--out", str(tmp_path)]
    policy = ["--policy", "agree:n=2,unit_ms=500"]
    assert main(["demo", "--local", "--from", "en", "--to", "pt", *policy, *out]) == 0
    captions = (tmp_path / "captions.srt").read_text()
    assert "conferência" in captions
    assert "líder" in captions
    assert "captions, speech and report" in capsys.readouterr().out
