"""Taps on what goes by, for whoever looks on. They never slow the session.

with downlink.watch() as watch:
    async for body in watch: ...
"""

import asyncio
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Generic, TypeVar

ItemT = TypeVar("ItemT")

WATCH_BYTES = 256 * 1024
RECENT_BYTES = 64 * 1024


class Watch(Generic[ItemT]):
    """One tap: what goes by from now on, in order, to the end of the session.

    A reader that falls `max_bytes` behind is dropped: what waits is forgotten and the iteration
    ends. Use as a context manager, or close it.
    """

    def __init__(
        self,
        *,
        max_bytes: int,
        size: Callable[[ItemT], int],
        wanted: Callable[[ItemT], bool],
        leave: Callable[["Watch[ItemT]"], None],
    ) -> None:
        self._max_bytes, self._size, self._wanted = max_bytes, size, wanted
        self._leave = leave
        self._waiting: deque[ItemT] = deque()
        self._waiting_bytes = 0
        self._ready = asyncio.Event()
        self._ended = False
        self._dropped = False

    @property
    def dropped(self) -> bool:
        """Whether it did not keep up."""
        return self._dropped

    def __enter__(self) -> "Watch[ItemT]":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __aiter__(self) -> "Watch[ItemT]":
        return self

    async def __anext__(self) -> ItemT:
        while not self._waiting:
            if self._ended:
                raise StopAsyncIteration
            self._ready.clear()
            await self._ready.wait()
        item = self._waiting.popleft()
        self._waiting_bytes -= self._size(item)
        return item

    def close(self) -> None:
        """Look on no more."""
        self._leave(self)
        self.end()

    def tell(self, item: ItemT) -> None:
        """Something goes by."""
        if not self._wanted(item):
            return
        self._waiting.append(item)
        self._waiting_bytes += self._size(item)
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


class Watches(Generic[ItemT]):
    """All taps at one place, and what lately went by, for those that come late.

    size: bytes of an item. kept: whether an item is told to those that come late.
    """

    def __init__(self, *, size: Callable[[ItemT], int], kept: Callable[[ItemT], bool]) -> None:
        self._size, self._kept = size, kept
        self._watches: list[Watch[ItemT]] = []
        self._recent: deque[ItemT] = deque()
        self._recent_bytes = 0
        self._ended = False

    def __len__(self) -> int:
        """Taps that are open."""
        return len(self._watches)

    def open(
        self, *, max_bytes: int = WATCH_BYTES, wanted: Callable[[ItemT], bool] = lambda item: True
    ) -> Watch[ItemT]:
        """A new tap; it begins with what lately went by."""
        watch = Watch(max_bytes=max_bytes, size=self._size, wanted=wanted, leave=self._leave)
        self._watches.append(watch)
        for item in self._recent:
            watch.tell(item)
        if self._ended:
            watch.end()
        return watch

    def tell(self, item: ItemT) -> None:
        """Something goes by."""
        if self._kept(item):
            self._recent.append(item)
            self._recent_bytes += self._size(item)
            while self._recent_bytes > RECENT_BYTES:
                self._recent_bytes -= self._size(self._recent.popleft())
        for watch in list(self._watches):
            watch.tell(item)

    def end(self) -> None:
        """The session is over."""
        self._ended = True
        for watch in self._watches:
            watch.end()

    def _leave(self, watch: Watch[ItemT]) -> None:
        self._watches = [each for each in self._watches if each is not watch]
