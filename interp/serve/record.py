"""A session as another gateway could go on with it: what it was given, told and promised."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from interp.core.audio import ms_to_samples
from interp.core.events import (
    Input,
    Note,
    SourceText,
    TargetSpeech,
    TargetText,
)
from interp.intake.ledger import LedgerState
from interp.intake.past import Past, Piece
from interp.serve.journal import Journal
from interp.serve.tokens import TokenState
from interp.wire.messages import Body, Response, StreamConfig

KEPT_BYTES = 2 * 2**20
"""Of responses in memory: minutes of text, 20 seconds of speech."""
OBJECT_BYTES = 350
WORD_BYTES = 450
"""That a response takes in memory beside its letters, and each of its words."""


@dataclass(frozen=True, slots=True)
class Facts:
    """How a session stands. told: events that left for the client, or were dropped on the way.

    spoken_ms, hushed_ms: as Once. worked_ms: source audio worked through. ended: the speaker has
    finished. age_ms: of the session. lane: its name among a replica's lanes.
    """

    tokens: TokenState
    ledger: LedgerState
    told: int
    spoken_ms: Mapping[int, int]
    hushed_ms: int
    worked_ms: int
    ended: bool
    age_ms: float
    lane: str


@dataclass(frozen=True, slots=True)
class Delta:
    """What became of a session since the last one. past: what an intake needs.

    responses: about to leave for the client. number: counted from 1 over the session's life.
    """

    number: int
    inputs: tuple[Input, ...]
    past: tuple[Piece, ...]
    notes: tuple[Note, ...]
    responses: tuple[Response, ...]
    facts: Facts


class Record:
    """All deltas of one session, as far as they still matter.

    revision: the last one's number. claims: how often another gateway has gone on with it. last:
    the newest response.
    """

    def __init__(
        self, session_id: str, tenant: str, config: StreamConfig, journal_s: float
    ) -> None:
        self.session_id, self.tenant, self.config = session_id, tenant, config
        self.journal = Journal(ms_to_samples(round(journal_s * 1000)))
        self.responses: deque[Response] = deque()
        self.facts: Facts | None = None
        self.past = Past(config.audio)
        self.revision = self.claims = self.last = 0
        self._bytes = 0

    @property
    def rank(self) -> tuple[int, int]:
        """Of two records of a session the one that ranks higher is the newer."""
        return self.claims, self.revision

    def apply(self, delta: Delta) -> bool:
        """Take in what became, once. False: one before it is missing, and this is of no use."""
        if delta.number <= self.revision:
            return True
        if delta.number > self.revision + 1:
            return False
        self.revision = delta.number
        for item in delta.inputs:
            self.journal.record(item)
        for piece in delta.past:
            self.past.add(piece)
        for note in delta.notes:
            self.journal.note(note)
        for response in delta.responses:
            self.responses.append(response)
            self.last = response.sequence
            self._bytes += _size_of(response.body)
        while self._bytes > KEPT_BYTES:
            self._bytes -= _size_of(self.responses.popleft().body)
        self.facts = delta.facts
        return True


def _size_of(body: Body) -> int:
    """About how many bytes a response takes in memory: of text ten times those on the wire."""
    match body:
        case TargetSpeech():
            return OBJECT_BYTES + int(body.samples.nbytes)
        case TargetText() | SourceText():
            words = sum(WORD_BYTES + len(word.text) for word in body.words)
            return OBJECT_BYTES + len(body.tentative) + words
        case _:
            return OBJECT_BYTES
