"""A gateway's part of one session's record: what goes into the next delta, and when."""

from collections import deque
from collections.abc import Sequence

from interp.core.events import Input, Note
from interp.intake.past import Piece
from interp.serve.record import Delta, Facts
from interp.serve.vault import Keeper
from interp.wire.messages import Response


class Recorder:
    """A note goes out once the events before it have left: a replay from a checkpoint would not say
    them again."""

    def __init__(self, session_id: str, keeper: Keeper, revision: int = 0) -> None:
        """revision: of the record that it goes on with."""
        self._session_id, self._keeper = session_id, keeper
        self._number = revision
        self._notes: deque[tuple[int, Note]] = deque()

    def note(self, admitted: int, note: Note) -> None:
        """admitted: events that came before it."""
        self._notes.append((admitted, note))

    async def keep(
        self,
        inputs: Sequence[Input],
        past: Sequence[Piece],
        responses: Sequence[Response],
        facts: Facts,
    ) -> bool:
        """Before the responses leave. False: another gateway has the session."""
        notes = []
        while self._notes and self._notes[0][0] <= facts.told:
            notes.append(self._notes.popleft()[1])
        self._number += 1
        delta = Delta(
            self._number, tuple(inputs), tuple(past), tuple(notes), tuple(responses), facts
        )
        return await self._keeper.keep(self._session_id, delta)
