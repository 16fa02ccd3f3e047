"""How a command shows a session's events: as JSON lines, live captions, or plain lines."""

import json
from collections.abc import Iterable
from typing import Any, TextIO

from rich.console import Console

from interp.core.events import (
    Event,
    SessionEnded,
    SourceText,
    TargetSpeech,
    TargetText,
    WrittenWord,
)
from interp.outlets.terminal import LiveCaptions


def word_line(file: str, segment: int, word: WrittenWord, event: str = "word") -> dict[str, Any]:
    """The JSON object of one written word."""
    return {
        "event": event,
        "file": file,
        "segment": segment,
        "text": word.text.strip(),
        "delay_ms": word.delay_ms,
        "elapsed_ms": word.elapsed_ms,
        "source_start_ms": word.source_start_ms,
        "source_end_ms": word.source_end_ms,
    }


def json_lines(file: str, event: Event) -> Iterable[dict[str, Any]]:
    """The JSON objects of one event: its words, its sound's place, or the session's end."""
    match event:
        case TargetText(segment, words):
            yield from (word_line(file, segment, word) for word in words)
        case SourceText(segment, words):
            yield from (word_line(file, segment, word, "source_word") for word in words)
        case TargetSpeech() as speech:
            yield {
                "event": "speech",
                "file": file,
                "segment": speech.segment,
                "text": speech.text.strip(),
                "offset_ms": speech.offset_ms,
                "delay_ms": speech.delay_ms,
                "elapsed_ms": speech.elapsed_ms,
            }
        case SessionEnded(totals):
            yield {
                "event": "ended",
                "file": file,
                "heard_ms": totals.heard_ms,
                "words": totals.words,
                "compute_ms": round(totals.compute_ms),
            }
        case _:
            pass


class Report:
    """Prints events as they are taken; texts: what was written, for captions.

    JSON lines if asked; on a terminal live captions, each finished segment steady above them;
    elsewhere the finished segments alone.
    """

    def __init__(self, file: str, *, as_json: bool, out: TextIO) -> None:
        self.texts: list[TargetText] = []
        self._file, self._as_json, self._out = file, as_json, out
        self._console = Console(file=out)
        self._live = LiveCaptions(self._console) if out.isatty() and not as_json else None
        self._segment = ""

    def __enter__(self) -> "Report":
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._live.stop()

    def take(self, event: Event) -> None:
        """Print one event."""
        if isinstance(event, TargetText):
            self.texts.append(event)
        if self._as_json:
            for line in json_lines(self._file, event):
                print(json.dumps(line, ensure_ascii=False), file=self._out, flush=True)
        elif isinstance(event, TargetText):
            self._caption(event)

    def _caption(self, text: TargetText) -> None:
        if self._live:
            self._live.show(text)
        self._segment += "".join(word.text for word in text.words)
        if text.segment_ended:
            self._console.print(self._segment.strip(), highlight=False, markup=False)
            self._segment = ""
