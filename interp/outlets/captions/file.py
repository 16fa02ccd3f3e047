"""A caption file that is always whole: written anew as the session goes on, and when it ends."""

import os
import time
from pathlib import Path

from interp.core.events import Event, SourceLanguage, SourceText, TargetText
from interp.outlets.captions.bilingual import with_source
from interp.outlets.captions.cues import Cue, cues
from interp.outlets.captions.formats import format_of
from interp.outlets.captions.rules import Rules

_EVERY_S = 10.0
_LOAD = 20  # saving takes at most one part in so many of the time


class CaptionFile:
    """Use as `with`: leaving it saves, however it is left. target, source: primary subtags.

    source: of the words above the target's, AUTO until it is told, None for captions in one
    language. Raises
    InvalidRequest for a suffix that is no format's, OSError where the file cannot be written.
    """

    def __init__(self, path: Path, target: str, source: str | None = None) -> None:
        self._path, self._target, self._source = path, target, source
        self._format = format_of(path)
        self._texts: list[TargetText] = []
        self._said: list[SourceText] = []
        self._due_s = time.monotonic() + _EVERY_S

    def __enter__(self) -> "CaptionFile":
        return self

    def __exit__(self, *_: object) -> None:
        self._save()

    def take(self, event: Event) -> None:
        """Keep what is written; at the end of a segment, from time to time, save."""
        match event:
            case TargetText(words=(), segment_ended=False):
                pass
            case TargetText(segment_ended=ended):
                self._texts.append(event)
                if ended and time.monotonic() > self._due_s:
                    self._save()
            case SourceLanguage(language) if self._source:
                self._source = language
            case SourceText() if self._source:
                self._said.append(event)
            case _:
                pass

    def _save(self) -> None:
        """All at once: a reader sees the old file or the new one."""
        started_s = time.monotonic()
        content = self._format(self._cues(), self._target)
        beside = self._path.with_name(f".{self._path.name}.part")
        beside.write_text(content, encoding="utf-8")
        os.replace(beside, self._path)
        took_s = time.monotonic() - started_s
        self._due_s = started_s + took_s + max(_EVERY_S, _LOAD * took_s)

    def _cues(self) -> list[Cue]:
        shown = cues(self._texts, self._target, Rules.of(self._target))
        if self._source:
            return with_source(shown, self._said, self._source, Rules.of(self._source))
        return shown
