"""Inputs of a session that wait to be worked through, in order."""

from collections import deque
from dataclasses import replace

from interp.core.audio import silence
from interp.core.events import Audio, Input, SkipBacklog, Skipped


class Backlog:
    """position: where in the source, in samples, the first audio to come begins."""

    def __init__(self, position: int) -> None:
        self._fed = position
        self._inputs: deque[Input] = deque()
        self._samples = 0
        self._loud = 0  # of the newest inputs: since a backlog was skipped

    def __bool__(self) -> bool:
        return bool(self._inputs)

    def put(self, item: Input) -> Skipped | None:
        """Queue one input; SkipBacklog acts at once on the audio queued before it."""
        if isinstance(item, SkipBacklog):
            return self._skip()
        if isinstance(item, Audio):
            self._fed += item.samples.size
            self._samples += item.samples.size
        self._inputs.append(item)
        self._loud += 1
        return None

    def pop(self) -> Input:
        """The next, there being one."""
        item = self._inputs.popleft()
        self._loud = min(self._loud, len(self._inputs))
        if isinstance(item, Audio):
            self._samples -= item.samples.size
        return item

    def _skip(self) -> Skipped:
        """What was silenced before is not silenced again: skips may come as fast as they like."""
        for place in range(len(self._inputs) - self._loud, len(self._inputs)):
            item = self._inputs[place]
            if isinstance(item, Audio):
                self._inputs[place] = replace(item, samples=silence(item.samples.size))
        self._loud = 0
        return Skipped(self._fed - self._samples, self._fed)
