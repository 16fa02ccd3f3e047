"""Captions as files: SubRip, WebVTT, TTML, plain text, JSON."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from interp.core.errors import InvalidRequest, Reason
from interp.outlets.captions.cues import Cue
from interp.outlets.captions.lines import joined
from interp.outlets.captions.width import directed, runs_left

Format = Callable[[Sequence[Cue], str], str]
"""Cues and their language to the content of a file."""


def srt(cues: Sequence[Cue], language: str) -> str:
    """SubRip."""
    blocks = (
        f"{number}\n{_stamp(cue.start_ms, ',')} --> {_stamp(cue.end_ms, ',')}\n{_text(cue)}\n"
        for number, cue in enumerate(cues, 1)
    )
    return "\n".join(blocks)


def vtt(cues: Sequence[Cue], language: str) -> str:
    """WebVTT (W3C)."""
    blocks = (
        f"{_stamp(cue.start_ms, '.')} --> {_stamp(cue.end_ms, '.')}\n{escape(_text(cue))}\n"
        for cue in cues
    )
    return "\n".join(["WEBVTT\n", *blocks])


def ttml(cues: Sequence[Cue], language: str) -> str:
    """TTML 1, in the shape of the IMSC text profile (W3C): what broadcasters exchange."""
    paragraphs = "".join(
        f'      <p begin="{_stamp(cue.start_ms, ".")}" end="{_stamp(cue.end_ms, ".")}"'
        f"{_RIGHT_TO_LEFT if any(map(runs_left, cue.lines)) else ''}>"
        f"{'<br/>'.join(escape(directed(line)) for line in (*cue.source, *cue.lines))}</p>\n"
        for cue in cues
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<tt xmlns="http://www.w3.org/ns/ttml" xmlns:tts="http://www.w3.org/ns/ttml#styling"'
        ' xmlns:ttp="http://www.w3.org/ns/ttml#parameter"'
        ' ttp:profile="http://www.w3.org/ns/ttml/profile/imsc1/text"'
        f" xml:lang={quoteattr(language)}>\n"
        "  <head>\n    <layout>\n"
        '      <region xml:id="bottom" tts:origin="10% 80%" tts:extent="80% 15%"'
        ' tts:displayAlign="after" tts:textAlign="center"/>\n'
        "    </layout>\n  </head>\n"
        f'  <body region="bottom">\n    <div>\n{paragraphs}    </div>\n  </body>\n</tt>\n'
    )


def plain(cues: Sequence[Cue], language: str) -> str:
    """One caption a line; of two languages, the source's line comes first."""
    lines = (" ".join(part) for cue in cues for part in (cue.source, cue.lines) if part)
    return "".join(line + "\n" for line in lines)


def structured(cues: Sequence[Cue], language: str) -> str:
    """JSON: times in ms, lines, and each word with its own times."""
    shown = [
        {
            "start_ms": cue.start_ms,
            "end_ms": cue.end_ms,
            "lines": cue.lines,
            "source": cue.source,
            "words": [
                {
                    "text": joined([word.text]),
                    "start_ms": word.source_start_ms,
                    "end_ms": word.source_end_ms,
                }
                for word in cue.words
            ],
        }
        for cue in cues
    ]
    return json.dumps({"language": language, "cues": shown}, ensure_ascii=False, indent=1) + "\n"


FORMATS: dict[str, Format] = {
    ".srt": srt,
    ".vtt": vtt,
    ".ttml": ttml,
    ".txt": plain,
    ".json": structured,
}


def format_of(path: Path) -> Format:
    """The format that a file's suffix names, in any case. Raises InvalidRequest for another."""
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise InvalidRequest(
            Reason.BAD_CONFIG, f"captions end in {', '.join(FORMATS)}; {path} does not"
        )
    return FORMATS[suffix]


_RIGHT_TO_LEFT = ' tts:direction="rtl" tts:unicodeBidi="embed"'


def _text(cue: Cue) -> str:
    return "\n".join(directed(line) for line in (*cue.source, *cue.lines))


def _stamp(ms: int, point: str) -> str:
    seconds, ms = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{point}{ms:03}"
