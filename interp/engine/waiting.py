"""Inputs of a session that wait to be worked through, in order."""

from collections import deque
from dataclasses import replace

from interp.core.audio import silence
from interp.core.events import Audio, Input, SkipBacklog, Skipped


class Waiting:
    """position: where in the source, in samples, the first audio to come begins."""

    def __init__(self, position: int) -> None:
        self._fed = position
        self._inputs: deque[Input] = deque()

    def __bool__(self) -> bool:
        return bool(self._inputs)

    def put(self, item: Input) -> Skipped | None:
        """Queue one input; SkipBacklog acts at once on the audio queued before it."""
        if isinstance(item, SkipBacklog):
            return self._skip()
        if isinstance(item, Audio):
            self._fed += item.samples.size
        self._inputs.append(item)
        return None

    def pop(self) -> Input:
        """The next, there being one."""
        return self._inputs.popleft()

    def _skip(self) -> Skipped:
        waiting = sum(i.samples.size for i in self._inputs if isinstance(i, Audio))
        self._inputs = deque(
            replace(i, samples=silence(i.samples.size)) if isinstance(i, Audio) else i
            for i in self._inputs
        )
        return Skipped(self._fed - waiting, self._fed)
