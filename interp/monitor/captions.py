"""A session's text as captions: files to take away, and lines for a picture."""

from collections.abc import Iterable, Iterator

from interp.core.errors import InvalidRequest, Reason
from interp.core.events import TargetText, WrittenWord
from interp.monitor.view import View
from interp.outlets.cues import cues
from interp.outlets.subtitles import FORMATS


def exported(view: View, suffix: str) -> str:
    """All that is shown, in the format of this suffix (`.srt`). Raises InvalidRequest."""
    if suffix not in FORMATS:
        raise InvalidRequest(Reason.BAD_CONFIG, f"captions end in {', '.join(FORMATS)}")
    return FORMATS[suffix](cues(_texts(view)))


def _texts(view: View) -> Iterator[TargetText]:
    for line in view.lines.values():
        yield TargetText(line.segment, tuple(_words(line.target.words)), segment_ended=line.ended)


def _words(words: Iterable[list[object]]) -> Iterator[WrittenWord]:
    for word in words:
        yield WrittenWord(*word)  # type: ignore[arg-type]
