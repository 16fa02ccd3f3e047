"""Live captions on a terminal: two rolling lines, written text steady, the tentative tail dim.

Below them a status line: the clock, how far behind, and the last warning, which so never breaks
into the captions.
"""

import time
from dataclasses import dataclass

from rich.console import Console
from rich.live import Live
from rich.text import Text

from interp.core.events import Event, SourceLanguage, SourceText, TargetText, Warned
from interp.outlets.captions.rules import Rules
from interp.outlets.captions.width import cells
from interp.outlets.notices import told

_LINES = Rules().cue_lines
_CELLS = Rules().line_cells
_WARNING_S = 10.0  # how long a warning stands


class Roll:
    """Lines that fill up and never change once full."""

    def __init__(self) -> None:
        self._lines: list[list[str]] = [[]]

    def write(self, text: str) -> None:
        """Add written text."""
        self._lines = _filled(self._lines, text.split())[-_LINES:]

    def lines(self, tentative: str) -> list[tuple[str, str]]:
        """The last lines, each as (written part, tentative part)."""
        guessed = _filled(self._lines, tentative.split())
        steady = [len(line) for line in self._lines] + [0] * len(guessed)
        pairs = [
            (" ".join(line[:known]), " ".join(line[known:]))
            for line, known in zip(guessed, steady, strict=False)
        ]
        return pairs[-_LINES:]


def _filled(lines: list[list[str]], words: list[str]) -> list[list[str]]:
    lines = [line.copy() for line in lines]
    for word in words:
        if lines[-1] and cells(" ".join([*lines[-1], word])) > _CELLS:
            lines.append([])
        lines[-1].append(word)
    return lines


@dataclass(slots=True)
class Status:
    """What the status line says. keys: what may be pressed; note: such as `muted`."""

    keys: str = ""
    note: str = ""


class LiveTerminal:
    """Shows a session as it goes; each finished segment stays above. Use as `with`.

    status: may be changed at any time.
    """

    def __init__(self, console: Console) -> None:
        self.status = Status()
        self._console = console
        self._roll, self._said = Roll(), Roll()
        self._tentative = self._said_tentative = self._segment = ""
        self._hears = False
        self._behind_s: float | None = None
        self._warning, self._warned_s = "", 0.0
        self._started_s = time.monotonic()
        # The clock moves between events: a thread of rich draws four times a second.
        self._live = Live(
            console=console,
            get_renderable=self._frame,
            refresh_per_second=4,
            transient=True,
            redirect_stderr=False,
            redirect_stdout=False,
        )

    def __enter__(self) -> "LiveTerminal":
        self._started_s = time.monotonic()
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()
        if self._segment.strip():
            self._console.print(self._segment.strip(), highlight=False, markup=False)

    def take(self, event: Event) -> None:
        """Show one event."""
        match event:
            case TargetText():
                self._take_text(event)
            case SourceText(words=words, tentative=tentative):
                self._hears = True
                self._said.write("".join(word.text for word in words))
                self._said_tentative = tentative
            case Warned() | SourceLanguage():
                self.warn(told(event))
            case _:
                return
        self._live.refresh()

    def warn(self, text: str) -> None:
        """Put a warning on the status line."""
        self._warning, self._warned_s = text, time.monotonic()

    def _take_text(self, text: TargetText) -> None:
        words = "".join(word.text for word in text.words)
        self._roll.write(words)
        self._tentative = text.tentative
        self._segment += words
        if text.words:
            newest = text.words[-1]
            self._behind_s = (newest.elapsed_ms - newest.source_end_ms) / 1000
        if text.segment_ended and self._segment.strip():
            self._console.print(self._segment.strip(), highlight=False, markup=False)
            self._segment = ""

    def _frame(self) -> Text:
        frame = Text(no_wrap=True)
        if self._hears:
            written, tentative = self._said.lines(self._said_tentative)[-1]
            frame.append(f"{written} {tentative}".strip(), style="italic dim").append("\n")
        lines = self._roll.lines(self._tentative)
        for written, tentative in lines:
            gap = " " if written and tentative else ""
            frame.append(written + gap, style="bold").append(tentative, style="dim").append("\n")
        frame.append("\n" * (_LINES - len(lines)))
        return frame.append_text(self._status_line())

    def _status_line(self) -> Text:
        now_s = time.monotonic()
        minutes, seconds = divmod(int(now_s - self._started_s), 60)
        parts = [f"{minutes:02}:{seconds:02}"]
        if self._behind_s is not None:
            parts.append(f"{self._behind_s:.1f} s behind")
        parts += [part for part in (self.status.note, self.status.keys) if part]
        line = Text("  ".join(parts), style="cyan")
        if self._warning and now_s - self._warned_s < _WARNING_S:
            line.append(f"  {self._warning}", style="yellow")
        return line
