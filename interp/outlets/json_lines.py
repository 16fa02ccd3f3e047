"""A session's events as JSON, one object a line."""

import json
from collections.abc import Iterable
from typing import Any, TextIO

from interp.core.events import (
    Event,
    SessionEnded,
    SourceLanguage,
    SourceText,
    TargetSpeech,
    TargetText,
    Warned,
    WrittenWord,
)


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
    """The JSON objects of one event: its words, its sound's place, what is spoken, a
    warning, or the end."""
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
        case SourceLanguage(language, probability):
            found = {"language": language, "probability": round(probability, 3)}
            yield {"event": "source_language", "file": file, **found}
        case Warned(code, amount_ms, language, _):
            line = {"event": "warning", "file": file, "code": code, "amount_ms": amount_ms}
            yield {**line, "language": language} if language else line
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


class JsonLines:
    """Prints each event as it comes. Use as `with`."""

    def __init__(self, file: str, out: TextIO) -> None:
        self._file, self._out = file, out

    def __enter__(self) -> "JsonLines":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def take(self, event: Event) -> None:
        """Print one event."""
        for line in json_lines(self._file, event):
            print(json.dumps(line, ensure_ascii=False), file=self._out, flush=True)
