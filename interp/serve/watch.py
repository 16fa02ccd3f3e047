"""Taps on what a session says, for whoever looks on. They never slow the session.

with downlink.watch() as watch:
    async for body in watch: ...
"""

import asyncio
from collections import deque
from collections.abc import Callable
from types import TracebackType

from interp.core.events import SourceText, TargetSpeech, TargetText
from interp.serve.outbox import size_of
from interp.wire.messages import Body

WATCH_BYTES = 256 * 1024
RECENT_BYTES = 64 * 1024


class Watch:
    """One tap: what is said from now on, in order, to the end of the session.

    A reader that falls `max_bytes` behind is dropped: what waits is forgotten and the iteration
    ends. Only text, speech and reports come; use as a context manager, or close it.
    """

    def __init__(self, *, max_bytes: int, speech: bool, leave: Callable[["Watch"], None]) -> None:
        self._max_bytes, self._speech, self._leave = max_bytes, speech, leave
        self._waiting: deque[Body] = deque()
        self._waiting_bytes = 0
        self._ready = asyncio.Event()
        self._ended = False
        self._dropped = False

    @property
    def dropped(self) -> bool:
        """Whether it did not keep up."""
        return self._dropped

    def __enter__(self) -> "Watch":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __aiter__(self) -> "Watch":
        return self

    async def __anext__(self) -> Body:
        while not self._waiting:
            if self._ended:
                raise StopAsyncIteration
            self._ready.clear()
            await self._ready.wait()
        body = self._waiting.popleft()
        self._waiting_bytes -= size_of(body)
        return body

    def close(self) -> None:
        """Look on no more."""
        self._leave(self)
        self.end()

    def tell(self, body: Body) -> None:
        """The session says something."""
        if isinstance(body, TargetSpeech) and not self._speech:
            return
        self._waiting.append(body)
        self._waiting_bytes += size_of(body)
        self._ready.set()
        if self._waiting_bytes > self._max_bytes:
            self._dropped = True
            self._waiting.clear()
            self._waiting_bytes = 0
            self.close()

    def end(self) -> None:
        """Nothing follows."""
        self._ended = True
        self._ready.set()


class Watches:
    """All taps on one session, and the text lately said, for those that come late."""

    def __init__(self) -> None:
        self._watches: list[Watch] = []
        self._recent: deque[Body] = deque()
        self._recent_bytes = 0
        self._ended = False

    def __len__(self) -> int:
        """Taps that are open."""
        return len(self._watches)

    def open(self, *, max_bytes: int, speech: bool) -> Watch:
        """A new tap; it begins with the text lately said."""
        watch = Watch(max_bytes=max_bytes, speech=speech, leave=self._leave)
        self._watches.append(watch)
        for body in self._recent:
            watch.tell(body)
        if self._ended:
            watch.end()
        return watch

    def tell(self, body: Body) -> None:
        """The session says something."""
        if isinstance(body, TargetText | SourceText):
            self._recent.append(body)
            self._recent_bytes += size_of(body)
            while self._recent_bytes > RECENT_BYTES:
                self._recent_bytes -= size_of(self._recent.popleft())
        for watch in list(self._watches):
            watch.tell(body)

    def end(self) -> None:
        """The session is over."""
        self._ended = True
        for watch in self._watches:
            watch.end()

    def _leave(self, watch: Watch) -> None:
        self._watches = [each for each in self._watches if each is not watch]
