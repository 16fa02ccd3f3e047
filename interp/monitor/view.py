"""A session as those who look on see it: what was heard and written, side by side, and how it is.

`fold` takes what the session says and gives the change that a reader's own copy needs.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from interp.core.audio import Samples
from interp.core.events import (
    PolicyAction,
    SessionEnded,
    SourceLanguage,
    SourceText,
    TargetText,
    Warned,
    WrittenWord,
)
from interp.monitor.change import Change
from interp.wire.messages import Body, GoingAway, Lag

LINES = 400
"""Segments that a snapshot shows; older ones are forgotten."""
NOTES = 50
AGES = 200
"""Words that p95 is taken over."""


@dataclass(slots=True)
class Text:
    """One side of a segment. words: [text, delay, elapsed, source start, source end], ms."""

    words: list[list[Any]] = field(default_factory=list)
    tail: str = ""


@dataclass(slots=True)
class Line:
    """One segment. corrections: what people wrote beside it; the text itself stays."""

    segment: int
    source: Text = field(default_factory=Text)
    target: Text = field(default_factory=Text)
    ended: bool = False
    corrections: list[Change] = field(default_factory=list)


@dataclass(slots=True)
class View:
    """received_ms, backlog_ms: of source audio. age_ms: of the newest word's source when written.

    input_db, output_db: RMS below full scale, of the speaker and of the speech that goes out.
    taken_over_by: the person who speaks in the voice's place. source: what is spoken, once told.
    """

    lines: dict[int, Line] = field(default_factory=dict)
    notes: deque[Change] = field(default_factory=lambda: deque(maxlen=NOTES))
    ages: deque[int] = field(default_factory=lambda: deque(maxlen=AGES))
    received_ms: int = 0
    backlog_ms: int = 0
    age_ms: int | None = None
    output_db: float | None = None
    input_db: float | None = None
    muted: bool = False
    taken_over_by: str = ""
    leaving: bool = False
    ended: bool = False
    policy: str = ""
    source: str = ""

    @property
    def age_p95_ms(self) -> int | None:
        """Of the last words; None before the first."""
        if not self.ages:
            return None
        return sorted(self.ages)[min(len(self.ages) - 1, int(0.95 * len(self.ages)))]

    def line(self, segment: int) -> Line:
        """The segment's line, made if it is new; the oldest is forgotten."""
        if segment not in self.lines:
            self.lines[segment] = Line(segment)
            while len(self.lines) > LINES:
                del self.lines[min(self.lines)]
        return self.lines[segment]


def fold(view: View, body: Body) -> Change | None:
    """Take in what the session says; the change it makes, None if it makes none."""
    match body:
        case TargetText(target=target) | PolicyAction(target=target) if target:
            return None  # the page shows the first target of a session
        case TargetText() | SourceText():
            return _text(view, body)
        case PolicyAction(segment, units, position_ms, words):
            return {
                "kind": "action",
                "segment": segment,
                "units": units,
                "position": position_ms,
                "words": words,
            }
        case Lag(received_ms, backlog_ms, age_ms):
            view.received_ms, view.backlog_ms, view.age_ms = received_ms, backlog_ms, age_ms
            return {"kind": "lag", "received": received_ms, "backlog": backlog_ms, "age": age_ms}
        case SourceLanguage(language):
            view.source = language
            return note(view, "SOURCE_LANGUAGE", text=language)
        case Warned(code, amount_ms, language):
            return note(view, code.value, amount_ms=amount_ms, text=language)
        case GoingAway(deadline_ms):
            view.leaving = True
            return note(view, "GOING_AWAY", amount_ms=deadline_ms)
        case SessionEnded(totals):
            return {"kind": "totals", "heard": totals.heard_ms, "words": totals.words}
        case _:
            return None


def note(view: View, code: str, *, amount_ms: int = 0, by: str = "", text: str = "") -> Change:
    """A condition, or what a person did; kept for those who come later."""
    change = {
        "kind": "note",
        "code": code,
        "amount": amount_ms,
        "position": view.received_ms,
        "by": by,
        "text": text,
    }
    view.notes.append(change)
    return change


def level_db(samples: Samples) -> float | None:
    """RMS below full scale; None for silence."""
    if not samples.size:
        return None
    power = float(np.mean(np.square(samples, dtype=np.float64)))
    return round(10 * np.log10(power), 1) if power > 1e-10 else None


def snapshot(view: View, *, source: bool = True) -> Change:
    """All that a reader who comes now needs. source: with what the speaker said."""
    return {
        "kind": "snapshot",
        "lines": [
            {
                "segment": line.segment,
                "source": _side(line.source if source else Text()),
                "target": _side(line.target),
                "ended": line.ended,
                "corrections": line.corrections,
            }
            for line in view.lines.values()
        ],
        "notes": list(view.notes) if source else [],
        "received": view.received_ms,
        "backlog": view.backlog_ms,
        "age": view.age_ms,
        "muted": view.muted,
        "taken_over_by": view.taken_over_by,
        "policy": view.policy,
        "ended": view.ended,
    }


def _side(text: Text) -> dict[str, Any]:
    return {"words": text.words, "tail": text.tail}


def _text(view: View, body: TargetText | SourceText) -> Change:
    target = isinstance(body, TargetText)
    line = view.line(body.segment)
    side = line.target if target else line.source
    words = [_word(word) for word in body.words]
    side.words.extend(words)
    side.tail = body.tentative
    if target:
        line.ended = line.ended or body.segment_ended
        view.ages.extend(max(0, w.elapsed_ms - w.source_end_ms) for w in body.words)
    return {
        "kind": "target" if target else "source",
        "segment": body.segment,
        "words": words,
        "tail": body.tentative,
        "ended": body.segment_ended,
    }


def _word(word: WrittenWord) -> list[Any]:
    return [
        word.text,
        word.delay_ms,
        word.elapsed_ms,
        word.source_start_ms,
        word.source_end_ms,
    ]
