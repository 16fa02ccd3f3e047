"""How a command shows a session: JSON lines, live captions on a terminal, plain lines elsewhere."""

from typing import TextIO

from rich.console import Console

from interp.core.events import Event, SourceLanguage, Warned
from interp.outlets.json_lines import JsonLines
from interp.outlets.notices import told
from interp.outlets.plain import PlainText
from interp.outlets.terminal import LiveTerminal


class Report:
    """Prints events as they come, and warnings where they break nothing. Use as `with`.

    out: for events; err: for warnings, unless live captions have a place for them.
    """

    def __init__(self, file: str, *, as_json: bool, out: TextIO, err: TextIO) -> None:
        self._file, self._err = file, err
        self.live = LiveTerminal(Console(file=out)) if out.isatty() and not as_json else None
        self._shown: JsonLines | PlainText | LiveTerminal
        self._shown = self.live or (JsonLines(file, out) if as_json else PlainText(out))

    def __enter__(self) -> "Report":
        self._shown.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        self._shown.__exit__(kind, *rest)

    def take(self, event: Event) -> None:
        """Print one event."""
        self._shown.take(event)
        if isinstance(event, Warned | SourceLanguage) and self.live is None:
            self.warn(told(event))

    def warn(self, text: str) -> None:
        """Say what a person should know."""
        if self.live is not None:
            self.live.warn(text)
        else:
            print(f"{self._file}: {text}", file=self._err, flush=True)
