"""Live captions on a terminal: two rolling lines, written text steady, the tentative tail dim."""

from rich.console import Console
from rich.live import Live
from rich.text import Text

from interp.core.events import TargetText
from interp.outlets.cues import CUE_LINES, LINE_CHARACTERS


class Roll:
    """Lines that fill up and never change once full. A word is (text, tentative)."""

    def __init__(self) -> None:
        self._lines: list[list[str]] = [[]]

    def write(self, text: str) -> None:
        """Add written text."""
        self._lines = _filled(self._lines, text.split())[-CUE_LINES:]

    def lines(self, tentative: str) -> list[tuple[str, str]]:
        """The last lines, each as (written part, tentative part)."""
        guessed = _filled(self._lines, tentative.split())
        steady = [len(line) for line in self._lines] + [0] * len(guessed)
        pairs = [
            (" ".join(line[:known]), " ".join(line[known:]))
            for line, known in zip(guessed, steady, strict=False)
        ]
        return pairs[-CUE_LINES:]


def _filled(lines: list[list[str]], words: list[str]) -> list[list[str]]:
    lines = [line.copy() for line in lines]
    for word in words:
        if lines[-1] and len(" ".join([*lines[-1], word])) > LINE_CHARACTERS:
            lines.append([])
        lines[-1].append(word)
    return lines


class LiveCaptions:
    """Shows TargetText as it comes, between start and stop."""

    def __init__(self, console: Console) -> None:
        self._live = Live(console=console, auto_refresh=False, transient=True)
        self._roll = Roll()

    def start(self) -> None:
        """Take over the lines below."""
        self._live.start()

    def stop(self) -> None:
        """Give them back, empty."""
        self._live.stop()

    def show(self, text: TargetText) -> None:
        """Draw new words and the tail; beside them how long ago the newest word was said."""
        self._roll.write("".join(word.text for word in text.words))
        frame = Text()
        lines = self._roll.lines(text.tentative)
        for written, tentative in lines:
            gap = " " if written and tentative else ""
            frame.append(written + gap).append(tentative, style="dim").append("\n")
        frame.append("\n" * (CUE_LINES - len(lines)))
        if text.words:
            newest = text.words[-1]
            lag_s = (newest.elapsed_ms - newest.source_end_ms) / 1000
            frame.append(f"{lag_s:.1f} s behind", style="cyan")
        self._live.update(frame, refresh=True)
