"""A session as those who look on see it: what was heard and written, side by side, and how it is.

`fold` takes what the session says and gives the change that a reader's own copy needs.
"""

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from google.protobuf.timestamp_pb2 import Timestamp

from interp.core.audio import Samples
from interp.core.events import (
    Event,
    Output,
    PolicyAction,
    SourceLanguage,
    SourceText,
    TargetText,
    Warned,
)
from interp.wire.messages import Body, Correction, GoingAway, Lag
from interp.wire.monitoring import (
    Note,
    SegmentLine,
    SessionSnapshot,
    SourceTextMessage,
    TargetTextMessage,
    WatchSessionResponse,
    change_of,
)
from interp.wire.requests import duration

LINES = 400
"""Segments that a snapshot shows; older ones are forgotten."""
NOTES = 50
AGES = 200
"""Words that p95 is taken over."""


@dataclass(slots=True)
class TargetView:
    """One target. age_ms: of the newest word's source when it was written. output_db: RMS below
    full scale of its speech. taken_over_by: the person who speaks in the voice's place;
    outputs_before: what was sent before that."""

    ages: deque[int] = field(default_factory=lambda: deque(maxlen=AGES))
    output_db: float | None = None
    taken_over_by: str = ""
    outputs_before: frozenset[Output] = frozenset()

    @property
    def age_ms(self) -> int | None:
        """None before the first word."""
        return self.ages[-1] if self.ages else None

    @property
    def age_p95_ms(self) -> int | None:
        """Of the last words; None before the first."""
        if not self.ages:
            return None
        return sorted(self.ages)[min(len(self.ages) - 1, int(0.95 * len(self.ages)))]


class View:
    """text: lines and notes, as a newcomer is told. received_ms, backlog_ms: of source audio.

    input_db: RMS below full scale, of the speaker. noted: notes so far. source: what is spoken,
    once told.
    """

    def __init__(self, targets: int = 1) -> None:
        self.text = SessionSnapshot()
        self.targets = [TargetView() for _ in range(targets)]
        self.received_ms = self.backlog_ms = self.noted = 0
        self.input_db: float | None = None
        self.leaving = self.ended = False
        self.source = ""
        self._lines: dict[int, SegmentLine] = {}

    @property
    def segments(self) -> Sequence[int]:
        """Numbers of those that are shown."""
        return list(self._lines)

    def line(self, segment: int) -> SegmentLine:
        """The segment's line, made if it is new; the oldest is forgotten."""
        if segment not in self._lines:
            if len(self._lines) >= LINES:
                del self._lines[self.text.lines[0].segment]
                del self.text.lines[0]
            self._lines[segment] = self.text.lines.add(segment=segment)
        return self._lines[segment]

    def note(
        self, code: str, *, amount_ms: int = 0, by: str = "", text: str = ""
    ) -> WatchSessionResponse:
        """A condition, or what a person did; kept for those who come later."""
        now = Timestamp()
        now.FromNanoseconds(time.time_ns())
        note = Note(
            code=code,
            position=duration(self.received_ms),
            amount=duration(amount_ms) if amount_ms else None,
            author=by,
            text=text,
            time=now,
        )
        if len(self.text.notes) >= NOTES:
            del self.text.notes[0]
        self.text.notes.append(note)
        self.noted += 1
        return WatchSessionResponse(note=note)

    def forget(self) -> None:
        """Delete what was said."""
        self.text.ClearField("lines")
        self._lines.clear()


def fold(view: View, body: Body) -> WatchSessionResponse | None:
    """Take in what the session says; the change it makes, None if it makes none."""
    match body:
        case TargetText(segment=segment) | SourceText(segment=segment):
            if isinstance(body, TargetText):
                ages = (max(0, w.elapsed_ms - w.source_end_ms) for w in body.words)
                view.targets[body.target].ages.extend(ages)
            return _written(view.line(segment), body)
        case Correction(segment=segment):
            change = change_of(body)
            view.line(segment).corrections.append(change.correction)
            return change
        case PolicyAction():
            return change_of(body)
        case Lag(received_ms, backlog_ms):
            view.received_ms, view.backlog_ms = received_ms, backlog_ms
            return None  # told with how the session is
        case SourceLanguage(language):
            view.source = language
            return view.note("SOURCE_LANGUAGE", text=language)
        case Warned(code, amount_ms, language, _):
            return view.note(code.value, amount_ms=amount_ms, text=language)
        case GoingAway(deadline_ms):
            view.leaving = True
            return view.note("GOING_AWAY", amount_ms=deadline_ms)
        case _:
            return None


def audience_text(text: SessionSnapshot, target: int) -> SessionSnapshot:
    """What an audience may read of it: what was written in one target, and corrections of that."""
    shown = SessionSnapshot()
    for line in text.lines:
        targets = [each for each in line.targets if each.target == target]
        if targets:
            corrections = [each for each in line.corrections if each.target == target]
            shown.lines.add(segment=line.segment, targets=targets, corrections=corrections)
    return shown


def level_db(samples: Samples) -> float | None:
    """RMS below full scale; None for silence."""
    if not samples.size:
        return None
    power = float(np.mean(np.square(samples, dtype=np.float64)))
    return round(10 * np.log10(power), 1) if power > 1e-10 else None


def _written(line: SegmentLine, body: Event) -> WatchSessionResponse:
    change = change_of(body)
    if change.HasField("source_text"):
        _append(line.source, change.source_text)
    else:
        _append(_target_of(line, change.target_text.target), change.target_text)
    return change


def _target_of(line: SegmentLine, target: int) -> TargetTextMessage:
    found = next((each for each in line.targets if each.target == target), None)
    return found if found is not None else line.targets.add(segment=line.segment, target=target)


def _append(
    text: TargetTextMessage | SourceTextMessage, more: TargetTextMessage | SourceTextMessage
) -> None:
    text.segment = more.segment
    text.words.extend(more.words)
    text.tentative = more.tentative
    text.segment_ended = text.segment_ended or more.segment_ended
