"""Captions as files: SubRip, WebVTT, plain text."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from interp.core.errors import InvalidRequest, Reason
from interp.core.events import TargetText
from interp.outlets.cues import Cue, cues


def srt(captions: Iterable[Cue]) -> str:
    """SubRip."""
    blocks = (
        f"{number}\n{_stamp(cue.start_ms, ',')} --> {_stamp(cue.end_ms, ',')}\n{_text(cue)}\n"
        for number, cue in enumerate(captions, 1)
    )
    return "\n".join(blocks)


def vtt(captions: Iterable[Cue]) -> str:
    """WebVTT (W3C)."""
    blocks = (
        f"{_stamp(cue.start_ms, '.')} --> {_stamp(cue.end_ms, '.')}\n{_escaped(_text(cue))}\n"
        for cue in captions
    )
    return "\n".join(["WEBVTT\n", *blocks])


def plain(captions: Iterable[Cue]) -> str:
    """One caption a line."""
    return "".join(" ".join(cue.lines) + "\n" for cue in captions)


FORMATS: dict[str, Callable[[Iterable[Cue]], str]] = {".srt": srt, ".vtt": vtt, ".txt": plain}


def save(path: Path, texts: Sequence[TargetText]) -> None:
    """Write captions in the format of the file's suffix. Raises InvalidRequest for another."""
    if path.suffix not in FORMATS:
        raise InvalidRequest(Reason.BAD_CONFIG, f"captions end in {', '.join(FORMATS)}")
    path.write_text(FORMATS[path.suffix](cues(texts)), encoding="utf-8")


def _text(cue: Cue) -> str:
    return "\n".join(cue.lines)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _stamp(ms: int, point: str) -> str:
    seconds, ms = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{point}{ms:03}"
