"""The list of sessions as a stream: all rows at first, then those that have changed."""

import asyncio
from collections.abc import AsyncIterator

from interp.monitor.board import Board
from interp.monitor.change import Change, encoded

LOOK_S = 0.5


class Listing:
    """Streams of one board's rows."""

    def __init__(self, board: Board) -> None:
        self._board = board

    async def changes(self) -> AsyncIterator[bytes]:
        """Server-Sent Events of `rows` that are new or changed, and ids that are `gone`."""
        known: dict[str, Change] = {}
        while True:
            rows = {str(row["id"]): row for row in self._board.rows()}
            changed = [row for name, row in rows.items() if known.get(name) != row]
            gone = [name for name in known if name not in rows]
            data = encoded({"kind": "rows", "rows": changed, "gone": gone})
            yield b"data: %s\n\n" % data
            known = rows
            await asyncio.sleep(LOOK_S)
