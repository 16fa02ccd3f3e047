"""A session's text as captions: files to take away, and lines for a picture."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from interp.core.events import TargetText, WrittenWord
from interp.monitor.view import View
from interp.outlets.captions.cues import cues
from interp.outlets.captions.formats import format_of
from interp.outlets.captions.rules import Rules


def exported(view: View, suffix: str, language: str) -> str:
    """All that is shown, in the format of this suffix (`.srt`). Raises InvalidRequest."""
    return format_of(Path(f"captions{suffix}"))(
        cues(_texts(view), language, Rules.of(language)), language
    )


def _texts(view: View) -> Iterator[TargetText]:
    for line in view.lines.values():
        yield TargetText(line.segment, tuple(_words(line.target.words)), segment_ended=line.ended)


def _words(words: Iterable[list[object]]) -> Iterator[WrittenWord]:
    for word in words:
        yield WrittenWord(*word)  # type: ignore[arg-type]
