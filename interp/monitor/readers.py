"""Numbered pieces handed to any number of readers, none of whom can hold up another."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Generic, TypeVar

PieceT = TypeVar("PieceT")

KEPT = 2000
"""A reader that comes back within these goes on where it was; else it begins anew."""
READER_BEHIND = 512
"""A reader that is this far behind is dropped."""


@dataclass(frozen=True, slots=True)
class Sent(Generic[PieceT]):
    """One piece, made once for all readers. number: from 1, without holes."""

    number: int
    piece: PieceT


class Reader(Generic[PieceT]):
    """One reader's place; iterate over it. It ends with the session or when it falls behind."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[PieceT | None] = asyncio.Queue(READER_BEHIND)
        self.dropped = False

    def tell(self, piece: PieceT) -> None:
        """One more."""
        if self._queue.full():
            self.dropped = True
            self.end()
        else:
            self._queue.put_nowait(piece)

    def end(self) -> None:
        """Nothing follows; a reader that is too far behind loses what waits."""
        while self._queue.full():
            self._queue.get_nowait()
        self._queue.put_nowait(None)

    async def __aiter__(self) -> AsyncIterator[PieceT]:
        while (piece := await self._queue.get()) is not None:
            yield piece


class Readers(Generic[PieceT]):
    """All readers of one session. kept: how many pieces for those that come back."""

    def __init__(self, kept: int = KEPT) -> None:
        self.number = 0
        self._kept: deque[Sent[PieceT]] = deque(maxlen=kept)
        self._readers: set[Reader[PieceT]] = set()
        self._ended = False

    def __len__(self) -> int:
        """Readers now."""
        return len(self._readers)

    def tell(self, piece: PieceT) -> None:
        """Number a piece and hand it to all."""
        self.number += 1
        self._kept.append(Sent(self.number, piece))
        for reader in list(self._readers):
            reader.tell(piece)
            if reader.dropped:
                self._readers.discard(reader)

    def end(self) -> None:
        """Nothing follows."""
        self._ended = True
        for reader in self._readers:
            reader.end()
        self._readers.clear()

    def join(self, after: int | None = None) -> tuple[Reader[PieceT], list[PieceT] | None]:
        """A new reader, and what it missed since number `after`; None: it has to begin anew."""
        reader: Reader[PieceT] = Reader()
        if self._ended:
            reader.end()
        else:
            self._readers.add(reader)
        oldest = self._kept[0].number if self._kept else self.number + 1
        if after is None or not oldest - 1 <= after <= self.number:
            return reader, None
        return reader, [sent.piece for sent in self._kept if sent.number > after]

    def forget(self) -> None:
        """Keep nothing for those who come back."""
        self._kept.clear()

    def leave(self, reader: Reader[PieceT]) -> None:
        """It reads no more."""
        self._readers.discard(reader)
