"""Where the sessions of all gateways are recorded, so that any of them can go on with one.

A gateway hands over what became of its sessions before it tells its clients, in one call for all of
them at a time.
"""

import asyncio
import logging
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from interp.core.clock import Clock, MonotonicClock
from interp.core.errors import InterpError, Reason, Unavailable
from interp.engine.replica import answer_of
from interp.serve.record import Delta, Record
from interp.wire.messages import Resume

PATIENCE_S = 10.0
"""A vault that is slow is waited for, since what leaves unrecorded may be lost; one that does not
answer in this time is gone on without until it does."""
RETRY_MS = 200
GRACE_MS = 5_000.0
"""Beyond its window a record is kept so long, for a gateway that died with its clients."""

log = logging.getLogger(__name__)


Deltas: TypeAlias = Mapping[str, Sequence[Delta]]
"""By session, each in order."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Of sessions: gone: another gateway's, with the claims of its record (FINAL: it has ended).
    unknown: without a whole record."""

    gone: Mapping[str, int] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Claim:
    """What a token brought. record: None, there is no such session. misused: it was used before.
    missing: there is one, but the record is not whole yet."""

    record: Record | None = None
    misused: bool = False
    missing: bool = False


class Vault(Protocol):
    """Outlives any gateway. owner: the gateway that speaks."""

    async def open(self, owner: str, record: Record) -> None:
        """A session begins, or goes on with this gateway, if no other has it and knows more."""

    async def keep(self, owner: str, deltas: Deltas) -> Kept:
        """Take in what became of sessions."""

    async def claim(self, owner: str, token: str) -> Claim:
        """Have the session that this token resumes, from now on this gateway's.

        A token that was used before ends its session.
        """

    async def forget(self, owner: str, session_id: str) -> None:
        """The session is over, if it is this gateway's."""


@dataclass(slots=True)
class _Held:
    """owner: nobody, if a token of the session was used twice. whole: nothing of it was missed."""

    owner: str
    record: Record
    touched_ms: float
    whole: bool = True


NOBODY = ""
FINAL = sys.maxsize


class VaultStore:
    """The records themselves; knows no waiting."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._held: dict[str, _Held] = {}

    def __len__(self) -> int:
        """Sessions recorded now."""
        return len(self._held)

    def open(self, owner: str, record: Record) -> None:
        """As Vault.open."""
        self._expire()
        held = self._held.get(record.session_id)
        others = held is not None and held.owner != owner
        if held and others and (held.owner == NOBODY or held.record.rank >= record.rank):
            return
        self._held[record.session_id] = _Held(owner, record, self._clock.now_ms())

    def keep(self, owner: str, deltas: Deltas) -> Kept:
        """As Vault.keep."""
        gone, unknown = dict[str, int](), set[str]()
        for session_id, some in deltas.items():
            held = self._held.get(session_id)
            if held is None:
                unknown.add(session_id)
            elif held.owner != owner:
                gone[session_id] = FINAL if held.owner == NOBODY else held.record.claims
            else:
                held.touched_ms = self._clock.now_ms()
                held.whole = held.whole and all(map(held.record.apply, some))
                if not held.whole:
                    unknown.add(session_id)
        return Kept(gone, frozenset(unknown))

    def claim(self, owner: str, token: str) -> Claim:
        """As Vault.claim."""
        self._expire()
        for held in self._held.values():
            facts = held.record.facts
            if facts is None or held.owner == NOBODY:
                continue
            if token in facts.tokens.spent:
                held.owner = NOBODY
                return Claim(misused=True)
            if facts.tokens.good(token):
                if not held.whole:
                    return Claim(missing=True)
                held.owner = owner
                held.record.claims += 1
                return Claim(held.record)
        return Claim()

    def fetch(self, owner: str, session_ids: Iterable[str]) -> list[Record]:
        """Those of these records that there are and that are this gateway's."""
        found = map(self._held.get, session_ids)
        return [held.record for held in found if held and held.whole and held.owner == owner]

    def forget(self, owner: str, session_id: str) -> None:
        """As Vault.forget."""
        held = self._held.get(session_id)
        if held and held.owner in (owner, NOBODY):
            del self._held[session_id]

    def _expire(self) -> None:
        now_ms = self._clock.now_ms()
        for session_id, held in list(self._held.items()):
            window_ms = held.record.config.resume_window_s * 1000
            if now_ms - held.touched_ms > window_ms + GRACE_MS:
                del self._held[session_id]


class Keeper:
    """A gateway's line to the vault: one call at a time, and what comes meanwhile in the next.

    It has a copy of each record itself, and brings the whole to a vault that has lost it, missed
    something, or does not know yet that the session came here: a session is without a record only
    while no vault answers.
    """

    def __init__(self, vault: Vault, owner: str, patience_s: float = PATIENCE_S) -> None:
        self._vault, self._owner, self._patience_s = vault, owner, patience_s
        self._records: dict[str, Record] = {}
        self._line = asyncio.Lock()
        self._waiting: dict[str, list[Delta]] = {}
        self._next: asyncio.Future[Kept] | None = None
        self._silent = False

    async def open(self, record: Record) -> None:
        """Begin a record, which from now on is the keeper's."""
        self.adopt(record)
        await self._tried(self._vault.open(self._owner, record))

    def adopt(self, record: Record) -> None:
        """Go on with a record that was claimed; from now on it is the keeper's."""
        self._records[record.session_id] = record

    async def keep(self, session_id: str, delta: Delta) -> bool:
        """Once this returns the delta is kept, if it can be; False: the session is another's."""
        self._records[session_id].apply(delta)
        self._waiting.setdefault(session_id, []).append(delta)
        if self._next is None:
            self._next = asyncio.ensure_future(self._flush())
        if self._silent:
            return True
        return session_id not in (await asyncio.shield(self._next)).gone

    async def claim(self, wanted: Resume) -> Record | None:
        """As Vault.claim. Raises Unavailable where that is out of reach, or what is found is older
        than what the client has heard: the token stays good."""
        found = await self._tried(self._vault.claim(self._owner, wanted.token))
        record = found.record if isinstance(found, Claim) else None
        late = record and record.last < wanted.received_sequence
        if not isinstance(found, Claim) or found.missing or late:
            raise Unavailable(Reason.REPLICA_LOST, "sessions cannot be looked up now", RETRY_MS)
        return record

    async def forget(self, session_id: str) -> None:
        """As Vault.forget."""
        self._records.pop(session_id, None)
        self._waiting.pop(session_id, None)
        await self._tried(self._vault.forget(self._owner, session_id))

    async def _flush(self) -> Kept:
        async with self._line:
            deltas, self._waiting, self._next = self._waiting, {}, None
            kept = await self._tried(self._vault.keep(self._owner, deltas))
            if not isinstance(kept, Kept):
                return Kept()  # it will find them missing, and have the whole
            behind = {
                key
                for key, claims in kept.gone.items()
                if key in self._records and claims < self._records[key].claims
            }
            for session_id in (kept.unknown | behind) & self._records.keys():
                await self._tried(self._vault.open(self._owner, self._records[session_id]))
            return Kept({key: n for key, n in kept.gone.items() if key not in behind})

    async def _tried(self, call: object) -> object:
        """The vault's answer. Without it sessions go on, and live as long as this gateway."""
        try:
            answer: object = await answer_of(call, self._patience_s)  # type: ignore[arg-type]
        except InterpError:
            if not self._silent:
                log.warning("the vault does not answer")
            self._silent = True
            return _FAILED
        if self._silent:
            log.info("the vault answers again")
        self._silent = False
        return answer


_FAILED = object()


def vault_store() -> VaultStore:
    """What the vault's process calls; no model is loaded for it."""
    return VaultStore(MonotonicClock())
