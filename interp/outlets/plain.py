"""Written words on a stream that is no terminal, each as it comes: a segment a line."""

from typing import TextIO

from interp.core.events import Event, SourceText, TargetText


class PlainText:
    """Use as `with`: leaving it ends the open line. What was said stands on lines of its own."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._open = False
        self._said: list[str] = []
        self._waiting: list[str] = []

    def __enter__(self) -> "PlainText":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None and issubclass(kind, BrokenPipeError):
            return
        self._end_line()
        if self._said:
            self._waiting.append("".join(self._said).strip())
        self._let_out()

    def take(self, event: Event) -> None:
        """Print what was written; a source segment, once it is whole and no line is open."""
        match event:
            case TargetText(words=words, segment_ended=ended):
                for word in words:
                    text = word.text if self._open else word.text.lstrip()
                    print(text, end="", file=self._out, flush=True)
                    self._open = True
                if ended:
                    self._end_line()
            case SourceText(words=words, segment_ended=ended):
                self._said += [word.text for word in words]
                if ended and self._said:
                    self._waiting.append("".join(self._said).strip())
                    self._said = []
            case _:
                return
        if not self._open:
            self._let_out()

    def _end_line(self) -> None:
        if self._open:
            print(file=self._out, flush=True)
            self._open = False

    def _let_out(self) -> None:
        for line in self._waiting:
            print(f"[{line}]", file=self._out, flush=True)
        self._waiting = []
