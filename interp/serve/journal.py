"""What it takes to work a session through again on another replica.

Inputs since the last checkpoint, in order, bounded. Pure: no clock, no waiting. Positions are
source samples from the start of the session.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace

from interp.core.audio import silence
from interp.core.events import (
    Audio,
    Checkpoint,
    Input,
    MadeUp,
    Note,
    PassedOver,
    Replay,
    SkipBacklog,
    Skipped,
)

MAX_CONTROLS = 1000
"""Inputs other than audio that are kept between two checkpoints."""


@dataclass(slots=True, eq=False)
class _Entry:
    """skips_from: of a SkipBacklog, once it is told: from where the audio before it is silence."""

    start: int
    item: Input
    skips_from: int | None = None

    @property
    def samples(self) -> int:
        return self.item.samples.size if isinstance(self.item, Audio) else 0


class Journal:
    """Of one session. max_samples: audio kept; if more comes, the session cannot be replayed until
    a checkpoint passes what was let go."""

    def __init__(self, max_samples: int) -> None:
        self.checkpoint: Checkpoint | None = None
        self._max_samples = max_samples
        self._entries: deque[_Entry] = deque()
        self._kept_samples = 0
        self._kept_controls = 0
        self._position = 0
        self._untold: deque[_Entry] = deque()  # SkipBacklogs, oldest first
        self._passed: set[int] = set()
        self._made: set[int] = set()
        self._gap_end = 0  # inputs before here were let go

    @property
    def replayable(self) -> bool:
        """Whether `replay` gives everything since `checkpoint`."""
        return self._gap_end <= self._start

    @property
    def _start(self) -> int:
        return self.checkpoint.position_samples if self.checkpoint else 0

    def record(self, item: Input) -> None:
        """Keep an input."""
        entry = _Entry(self._position, item)
        self._position += entry.samples
        self._append(entry)
        while self._kept_samples > self._max_samples or self._kept_controls > MAX_CONTROLS:
            self._let_go(self._entries.popleft())

    @property
    def position(self) -> int:
        """Samples recorded so far, with those let go."""
        return self._position

    def note(self, note: Note) -> None:
        """What the replica says for the sake of a replay."""
        match note:
            case Checkpoint():
                self.trim(note)
            case PassedOver():
                self.passed_over(note)
            case MadeUp(position_samples):
                self._made.add(position_samples)
            case Skipped():
                self.skipped(note)

    def passed_over(self, note: PassedOver) -> None:
        """Keep a decision that no replay could know."""
        self._passed.add(note.position_samples)

    def skipped(self, note: Skipped) -> None:
        """The oldest SkipBacklog has had its effect: silence from there to its own place."""
        if self._untold:
            self._untold.popleft().skips_from = note.start_samples

    def trim(self, checkpoint: Checkpoint) -> None:
        """Forget what a replay from this checkpoint does not need.

        A control that stands exactly at the checkpoint comes after it.
        """
        start = checkpoint.position_samples
        assert start >= self._start, "checkpoints do not go back"
        self.checkpoint = checkpoint
        self._passed = {position for position in self._passed if position > start}
        self._made = {position for position in self._made if position > start}
        self._keep([rest for entry in self._entries if (rest := _after(entry, start))])

    def replay(self, worked_samples: int) -> list[Input]:
        """Everything since `checkpoint`, in order, and how it was decided.

        worked_samples: what was said of the audio up to here was told. A SkipBacklog that nobody
        told of is taken to have met what came after.
        """
        assert self.replayable, "inputs that the replay needs were let go"
        while self._untold:
            self._untold.popleft().skips_from = worked_samples
        items: deque[Input] = deque()
        silent_from = self._position
        for entry in reversed(self._entries):
            if entry.skips_from is not None:
                silent_from = min(silent_from, entry.skips_from)
            else:
                items.appendleft(_silenced(entry, silent_from))
        return [Replay(worked_samples, frozenset(self._passed), frozenset(self._made)), *items]

    def _append(self, entry: _Entry) -> None:
        self._entries.append(entry)
        self._kept_samples += entry.samples
        self._kept_controls += not isinstance(entry.item, Audio)
        if isinstance(entry.item, SkipBacklog) and entry.skips_from is None:
            self._untold.append(entry)

    def _keep(self, entries: Iterable[_Entry]) -> None:
        self._entries.clear()
        self._untold.clear()
        self._kept_samples = self._kept_controls = 0
        for entry in entries:
            self._append(entry)

    def _let_go(self, entry: _Entry) -> None:
        if self._untold and self._untold[0] is entry:
            self._untold.popleft()
        self._kept_samples -= entry.samples
        self._kept_controls -= not isinstance(entry.item, Audio)
        # a control has no length: only a checkpoint beyond its place makes up for it
        self._gap_end = max(self._gap_end, entry.start + max(entry.samples, 1))


def _after(entry: _Entry, start: int) -> _Entry | None:
    """What of the entry lies at or after sample `start`."""
    skip = max(0, start - entry.start)
    if not isinstance(entry.item, Audio):
        return entry if skip == 0 else None
    if skip >= entry.samples:
        return None
    return _Entry(entry.start + skip, replace(entry.item, samples=entry.item.samples[skip:]))


def _silenced(entry: _Entry, start: int) -> Input:
    """The entry's input with silence in place of its audio after sample `start`."""
    heard = min(max(0, start - entry.start), entry.samples)
    if not isinstance(entry.item, Audio) or heard == entry.samples:
        return entry.item
    samples = entry.item.samples.copy()
    samples[heard:] = silence(entry.samples - heard)
    return replace(entry.item, samples=samples)
