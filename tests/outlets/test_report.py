"""How a command shows a session: by where its output goes."""

import io
import json

import pytest

from interp.core.events import TargetText, Warned, WarningCode, WrittenWord
from interp.outlets.report import Report

TEXT = TargetText(
    0, (WrittenWord(" Good", 0, 0, 0, 0), WrittenWord(" morning.", 0, 0, 0, 0)), "", True
)
CLIPPED = Warned(WarningCode.AUDIO_CLIPPED, 300)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def reported(out: io.StringIO, *, as_json: bool) -> tuple[str, str]:
    err = io.StringIO()
    with Report("talk.wav", as_json=as_json, out=out, err=err) as report:
        report.take(TEXT)
        report.take(CLIPPED)
        report.warn("a note")
    return out.getvalue(), err.getvalue()


def test_a_pipe_gets_plain_lines_and_warnings_go_to_the_other_stream() -> None:
    out, err = reported(io.StringIO(), as_json=False)
    assert out == "Good morning.\n"
    assert err == ("talk.wav: the microphone is too loud: it clips (0.3 s)\ntalk.wav: a note\n")


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_json_stays_json_wherever_it_goes(stream: type[io.StringIO]) -> None:
    out, err = reported(stream(), as_json=True)
    rows = [json.loads(line) for line in out.splitlines()]
    assert [row["event"] for row in rows] == ["word", "word", "warning"]
    assert err.splitlines()[-1] == "talk.wav: a note"


def test_a_terminal_gets_live_captions_with_warnings_in_their_own_place() -> None:
    out, err = reported(Terminal(), as_json=False)
    assert "Good morning." in out
    assert "it clips" in out
    assert err == ""


def test_live_captions_are_there_for_keys_on_a_terminal_alone() -> None:
    err = io.StringIO()
    assert Report("a", as_json=False, out=Terminal(), err=err).live is not None
    assert Report("a", as_json=True, out=Terminal(), err=err).live is None
    assert Report("a", as_json=False, out=io.StringIO(), err=err).live is None
