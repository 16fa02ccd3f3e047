"""How a command shows a session's events: as JSON lines, live captions, or plain lines."""

import json
from collections.abc import Callable, Iterable
from typing import Any, TextIO

from rich.console import Console

from interp.captions.terminal import LiveCaptions
from interp.core.events import Event, SessionEnded, SourceText, TargetText, WrittenWord


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
    """The JSON objects of one event: its words, or the session's end."""
    match event:
        case TargetText(segment, words):
            yield from (word_line(file, segment, word) for word in words)
        case SourceText(segment, words):
            yield from (word_line(file, segment, word, "source_word") for word in words)
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


def show(events: Iterable[Event], file: str, as_json: bool, out: TextIO) -> list[TargetText]:
    """Print events as they come; returns the target text for captions and reports."""
    texts: list[TargetText] = []

    def kept() -> Iterable[Event]:
        for event in events:
            if isinstance(event, TargetText):
                texts.append(event)
            yield event

    if as_json:
        for event in kept():
            for line in json_lines(file, event):
                print(json.dumps(line, ensure_ascii=False), file=out, flush=True)
    elif out.isatty():
        console = Console(file=out)
        with LiveCaptions(console) as live:
            _show_segments(kept(), console.print, live.show)
    else:
        _show_segments(kept(), lambda line: print(line, file=out, flush=True), lambda _: None)
    return texts


def _show_segments(
    events: Iterable[Event], line: Callable[[str], object], live: Callable[[TargetText], object]
) -> None:
    """Each finished segment becomes a steady line above the live captions."""
    written = ""
    for event in events:
        if not isinstance(event, TargetText):
            continue
        live(event)
        written += "".join(word.text for word in event.words)
        if event.segment_ended:
            line(written.strip())
            written = ""
