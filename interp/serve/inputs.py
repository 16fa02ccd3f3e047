"""A session's inputs on their way to a replica: in order, kept for a replay and for the record."""

from interp.core.audio import ms_to_samples
from interp.core.errors import Reason, SessionLimit, Unavailable
from interp.core.events import Checkpoint, Input, Note
from interp.serve.journal import Journal

MAX_WAITING_INPUTS = 10_000
"""Messages of one session between two ticks; a client that sends more is not speaking."""


class Inputs:
    """Of one session. journal_s: audio kept for a replay. recorded: they are to be had again, for a
    record elsewhere."""

    def __init__(self, *, journal_s: float, recorded: bool) -> None:
        self._journal = Journal(ms_to_samples(round(journal_s * 1000)))
        self._waiting: list[Input] = []
        self._recorded, self._fresh = recorded, list[Input]()

    @property
    def checkpoint(self) -> Checkpoint | None:
        """Where a replay begins; None: at the start of the session."""
        return self._journal.checkpoint

    def put(self, item: Input) -> None:
        """One more. Raises SessionLimit."""
        if len(self._waiting) >= MAX_WAITING_INPUTS:
            raise SessionLimit(Reason.TOO_FAR_AHEAD, "more messages than a session may send")
        self._journal.record(item)
        self._waiting.append(item)
        if self._recorded:
            self._fresh.append(item)

    def take(self) -> list[Input]:
        """Inputs for the replica since the last call, in order."""
        waiting, self._waiting = self._waiting, []
        return waiting

    def fresh(self) -> tuple[Input, ...]:
        """Inputs since the last call, for the record; only where one is kept."""
        fresh, self._fresh = tuple(self._fresh), []
        return fresh

    def note(self, note: Note) -> None:
        """What the replica says for the sake of a replay."""
        self._journal.note(note)

    def restore(self, journal: Journal) -> None:
        """Go on with the journal of a record."""
        self._journal = journal

    def rewind(self, worked_ms: int) -> None:
        """The replica was lost: have everything since the checkpoint taken again.

        worked_ms: source audio that it had worked through. Raises Unavailable if too much was let
        go.
        """
        if not self._journal.replayable:
            raise Unavailable(Reason.REPLICA_LOST, "the session cannot be worked through again")
        self._waiting = self._journal.replay(ms_to_samples(worked_ms))

    def close(self) -> None:
        """The session is over; what a replay needed is let go."""
        self._journal, self._waiting = Journal(0), []
