"""An independent reader of SubRip files that finds what broadcasters would send back.

It shares no code with what makes the captions: the limits are written down here again.
"""

import itertools
import re
import unicodedata
from dataclasses import dataclass

CUE = re.compile(r"(\d+)\n(\S+) --> (\S+)\n(.+?)\n(?:\n|\Z)", re.DOTALL)
STAMP = re.compile(r"(\d\d):(\d\d):(\d\d),(\d\d\d)")
ENGLISH = {"a", "an", "the", "and", "or", "but", "of", "to", "that", "if"}


@dataclass(frozen=True, slots=True)
class Shown:
    start_ms: int
    end_ms: int
    lines: list[str]


def read_srt(content: str) -> list[Shown]:
    shown = []
    for number, match in enumerate(CUE.finditer(content), 1):
        assert int(match[1]) == number, "cues are numbered from 1"
        shown.append(Shown(_ms(match[2]), _ms(match[3]), match[4].split("\n")))
    return shown


def _ms(stamp: str) -> int:
    match = STAMP.fullmatch(stamp)
    assert match, f"{stamp} is no time"
    hours, minutes, seconds, ms = map(int, match.groups())
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms


def columns(line: str) -> int:
    """Wide letters count two, marks and directions none."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in line)
    unseen = sum(unicodedata.category(letter) in ("Mn", "Me", "Cf") for letter in line)
    return len(line) + wide - unseen


def faults(content: str) -> list[str]:
    """What is wrong, one line a fault."""
    found = []
    shown = read_srt(content)
    for number, cue in enumerate(shown, 1):
        long_s = (cue.end_ms - cue.start_ms) / 1000
        width = sum(map(columns, cue.lines))
        checks = {
            "too short": long_s >= 0.833,
            "too long": long_s <= 7.0,
            f"too fast ({width / long_s:.1f} a second)": width / long_s <= 20.0,
            "too many lines": len(cue.lines) <= 2,
            "a line too wide": all(columns(line) <= 42 for line in cue.lines),
            "an empty line": all(line.strip() for line in cue.lines),
        }
        found += [f"{number}: {fault}" for fault, fine in checks.items() if not fine]
        last = number == len(shown)
        for at, line in enumerate(cue.lines):
            word = line.split()[-1].lower()
            if word in ENGLISH and not (last and at == len(cue.lines) - 1):
                found.append(f"{number}: a line ends on {word}")
    for number, (cue, after) in enumerate(itertools.pairwise(shown), 1):
        if after.start_ms - cue.end_ms < 80:
            found.append(f"{number}: less than two frames to the next")
    return found
