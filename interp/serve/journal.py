"""What it takes to work a session through again on another replica.

Inputs since the last checkpoint, in order, bounded. Pure: no clock, no waiting. Positions are
source samples from the start of the session.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace

from interp.core.audio import silence
from interp.core.events import Audio, Checkpoint, Input, SkipBacklog

MAX_CONTROLS = 1000
"""Inputs other than audio that are kept between two checkpoints."""


@dataclass(frozen=True, slots=True)
class _Entry:
    start: int
    item: Input

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
        self._gap_end = 0  # inputs before here were let go

    @property
    def replayable(self) -> bool:
        """Whether `replay` gives everything since `checkpoint`."""
        return self._gap_end <= self._start

    @property
    def _start(self) -> int:
        return self.checkpoint.position_samples if self.checkpoint else 0

    def record(self, item: Input, worked_samples: int) -> None:
        """Keep an input. worked_samples: how much audio the replica has worked through by now.

        SkipBacklog acts on what waits when it is given; it is kept as the silence it makes.
        """
        if isinstance(item, SkipBacklog):
            self._keep([_silenced(entry, worked_samples) for entry in self._entries])
            return
        entry = _Entry(self._position, item)
        self._position += entry.samples
        self._append(entry)
        while self._kept_samples > self._max_samples or self._kept_controls > MAX_CONTROLS:
            self._let_go(self._entries.popleft())

    def trim(self, checkpoint: Checkpoint) -> None:
        """Forget what a replay from this checkpoint does not need.

        A control that stands exactly at the checkpoint comes after it.
        """
        start = checkpoint.position_samples
        assert start >= self._start, "checkpoints do not go back"
        self.checkpoint = checkpoint
        self._keep([rest for entry in self._entries if (rest := _after(entry, start))])

    def replay(self) -> list[Input]:
        """Everything since `checkpoint`, in order."""
        assert self.replayable, "inputs that the replay needs were let go"
        return [entry.item for entry in self._entries]

    def _append(self, entry: _Entry) -> None:
        self._entries.append(entry)
        self._kept_samples += entry.samples
        self._kept_controls += not isinstance(entry.item, Audio)

    def _keep(self, entries: Iterable[_Entry]) -> None:
        self._entries.clear()
        self._kept_samples = self._kept_controls = 0
        for entry in entries:
            self._append(entry)

    def _let_go(self, entry: _Entry) -> None:
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


def _silenced(entry: _Entry, worked_samples: int) -> _Entry:
    """The entry with silence in place of its audio after sample `worked_samples`."""
    if not isinstance(entry.item, Audio):
        return entry
    heard = min(max(0, worked_samples - entry.start), entry.samples)
    samples = entry.item.samples.copy()
    samples[heard:] = silence(entry.samples - heard)
    return _Entry(entry.start, replace(entry.item, samples=samples))
