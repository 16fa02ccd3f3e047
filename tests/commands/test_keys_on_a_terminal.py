"""`interp stream` on a real terminal: keys, colours, warnings, and how it is left."""

import os
import pty
import re
import select
import subprocess
import sys
import termios
import time
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from interp.core.events import Input, MuteSpeech, SetPolicy, SkipBacklog
from tests.client.gateway_thread import gateway_in_thread
from tests.fakes.replica import FakeReplica

TAKE_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(1, termios.TIOCSCTTY, 0);"
    "os.execv(sys.executable, [sys.executable, '-m', 'interp.cli', 'stream', *sys.argv[1:]])"
)
COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-7][0-9;]*m")
PATIENCE_S = 60.0


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    """A minute of near silence, longer than any test here takes."""
    path = tmp_path / "talk.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(b"\0\1" * 16_000 * 60)
    return path


class Terminal:
    """A program on a terminal of its own. drawn: all that was sent to the screen."""

    def __init__(self, *words: str, stdin: Path | None = None, **environment: str) -> None:
        self._ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (24, 100))
        self.cooked = termios.tcgetattr(theirs)[3]
        self._theirs = theirs
        self.drawn = ""

        with open(stdin or "/dev/null", "rb") as source:
            self.program = subprocess.Popen(
                [sys.executable, "-c", TAKE_TERMINAL, *words],
                stdin=source if stdin else theirs,
                stdout=theirs,
                stderr=theirs,
                env={**os.environ, "TERM": "xterm-256color", **environment},
                start_new_session=True,
            )

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self._ours, keys.encode())

    def wait_for(self, text: str) -> None:
        """Until it is drawn after what was waited for before."""
        start, until_s = len(self.drawn), time.monotonic() + PATIENCE_S
        while text not in self.drawn[start:]:
            assert time.monotonic() < until_s, self.drawn[start:]
            self._read(0.2)

    def end(self) -> int:
        """The exit status, once it has drawn everything."""
        until_s = time.monotonic() + PATIENCE_S
        while self.program.poll() is None:
            assert time.monotonic() < until_s, self.drawn
            self._read(0.2)
        self._read(0.0)
        return self.program.returncode

    def attributes(self) -> int:
        """The terminal's local modes, as the program left them."""
        return int(termios.tcgetattr(self._theirs)[3])

    def close(self) -> None:
        """Leave nothing behind."""
        if self.program.poll() is None:
            self.program.kill()
            self.program.wait()
        os.close(self._ours)
        os.close(self._theirs)

    def _read(self, patience_s: float) -> None:
        while select.select([self._ours], [], [], patience_s)[0]:
            self.drawn += os.read(self._ours, 65_536).decode(errors="replace")
            patience_s = 0.0


@contextmanager
def session(
    *words: str, stdin: Path | None = None, **environment: str
) -> Iterator[tuple[Terminal, list[Input]]]:
    """A session on a terminal, and what its replica is told."""
    told: list[Input] = []
    replica = FakeReplica()
    replica.crash_on = told.append  # gives None: no crash
    with gateway_in_thread(replica) as server:
        command = [*words, "--server", server.address, "--policy", "waitk:k=3"]
        terminal = Terminal(*command, stdin=stdin, **environment)
        try:
            yield terminal, told
        finally:
            terminal.close()


@pytest.mark.parametrize("piped", [False, True])
def test_keys_steer_the_session_also_while_audio_comes_through_a_pipe(
    talk: Path, piped: bool
) -> None:
    stdin = talk if piped else None
    with session("-" if piped else str(talk), stdin=stdin) as (terminal, told):
        terminal.wait_for("q quit")
        terminal.wait_for("w0")
        for key, note in [("m", "muted  waitk:k=3"), ("-", "waitk:k=4"), ("s", "waitk:k=4")]:
            terminal.press(key)
            terminal.wait_for(note)
        terminal.press("+q")
        assert terminal.end() == 0
        assert terminal.attributes() == terminal.cooked
    controls = [item for item in told if isinstance(item, MuteSpeech | SetPolicy | SkipBacklog)]
    assert controls[:3] == [MuteSpeech(True), SetPolicy("waitk:k=4"), SkipBacklog()]
    written = terminal.drawn[terminal.drawn.rindex("w0") :].split()
    assert written[:3] == ["w0", "w1", "w2"]


def test_ctrl_c_ends_the_speech_and_keeps_what_was_written(talk: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.srt"
    with session(str(talk), "--captions", str(out)) as (terminal, _):
        terminal.wait_for("w0")
        terminal.press("\x03")
        assert terminal.end() == 130
        assert terminal.attributes() == terminal.cooked
        assert "Traceback" not in terminal.drawn
    assert "\nw0" in out.read_text(encoding="utf-8")


@pytest.mark.parametrize("no_color", ["", "1"])
def test_colours_are_sent_unless_they_are_unwanted(talk: Path, no_color: str) -> None:
    with session(str(talk), NO_COLOR=no_color) as (terminal, _):
        terminal.wait_for("w1")
        terminal.press("q")
        assert terminal.end() == 0
    assert bool(COLOUR.search(terminal.drawn)) is (no_color == "")


def test_a_warning_stands_on_the_status_line_and_not_among_the_captions(talk: Path) -> None:
    with session("-", stdin=talk) as (terminal, _):
        terminal.wait_for("faster than speech")
        terminal.press("q")
        assert terminal.end() == 0
    line = next(line for line in terminal.drawn.splitlines() if "faster than speech" in line)
    assert "q quit" in line
    assert "w0" not in line
