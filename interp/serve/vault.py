"""Where the sessions of all gateways are recorded, so that any of them can go on with one.

A gateway hands over what became of its sessions before it tells its clients, in one call for all of
them at a time.
"""

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from interp.core.clock import Clock, MonotonicClock
from interp.core.errors import InterpError, Reason, Unavailable
from interp.engine.replica import answer_of
from interp.serve.record import Delta, Record

KEEP_TIMEOUT_S = 1.0
RETRY_MS = 200
MAX_LATE = 256
"""Deltas of a session that wait for a vault that does not answer; of one that says more meanwhile
there is no record then."""
GRACE_MS = 5_000.0
"""Beyond its window a record is kept so long, for a gateway that died with its clients."""

log = logging.getLogger(__name__)


Deltas: TypeAlias = Mapping[str, Sequence[Delta]]
"""By session, each in order."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Of sessions: gone: another gateway's by now, or ended. unknown: without a whole record."""

    gone: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Claim:
    """What a token brought. record: None, there is no such session. misused: it was used before."""

    record: Record | None = None
    misused: bool = False


class Vault(Protocol):
    """Outlives any gateway. owner: the gateway that speaks."""

    async def open(self, owner: str, record: Record) -> None:
        """A session begins, or goes on with this gateway."""

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
    """owner: nobody, if a token of the session was used twice."""

    owner: str
    record: Record
    touched_ms: float


NOBODY = ""


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
        self._held[record.session_id] = _Held(owner, record, self._clock.now_ms())

    def keep(self, owner: str, deltas: Deltas) -> Kept:
        """As Vault.keep."""
        gone, unknown = set(), set()
        for session_id, some in deltas.items():
            held = self._held.get(session_id)
            if held is None:
                unknown.add(session_id)
            elif held.owner != owner:
                gone.add(session_id)
            elif all(map(held.record.apply, some)):
                held.touched_ms = self._clock.now_ms()
            else:
                del self._held[session_id]
                unknown.add(session_id)
        return Kept(frozenset(gone), frozenset(unknown))

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
                held.owner = owner
                return Claim(held.record)
        return Claim()

    def fetch(self, owner: str, session_ids: Iterable[str]) -> list[Record]:
        """Those of these records that there are and that are this gateway's."""
        found = map(self._held.get, session_ids)
        return [held.record for held in found if held and held.owner == owner]

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

    What could not be kept goes with the next call, as far as there is room for it.
    """

    def __init__(self, vault: Vault, owner: str) -> None:
        self._vault, self._owner = vault, owner
        self._line = asyncio.Lock()
        self._waiting: dict[str, list[Delta]] = {}
        self._next: asyncio.Future[Kept] | None = None

    async def open(self, record: Record) -> bool:
        """Begin a record; False if the vault cannot be had now."""
        return await self._tried(self._vault.open(self._owner, record)) is not _FAILED

    async def keep(self, session_id: str, delta: Delta) -> bool:
        """Once this returns the delta is kept, if it can be; False: the session is another's."""
        self._waiting.setdefault(session_id, []).append(delta)
        if self._next is None:
            self._next = asyncio.ensure_future(self._flush())
        return session_id not in (await asyncio.shield(self._next)).gone

    async def claim(self, token: str) -> Record | None:
        """As Vault.claim. Raises Unavailable where that is out of reach: the token stays good."""
        found = await self._tried(self._vault.claim(self._owner, token))
        if not isinstance(found, Claim):
            raise Unavailable(Reason.REPLICA_LOST, "sessions cannot be looked up now", RETRY_MS)
        return found.record

    async def forget(self, session_id: str) -> None:
        """As Vault.forget."""
        self._waiting.pop(session_id, None)
        await self._tried(self._vault.forget(self._owner, session_id))

    async def _flush(self) -> Kept:
        async with self._line:
            deltas, self._waiting, self._next = self._waiting, {}, None
            kept = await self._tried(self._vault.keep(self._owner, deltas))
            if isinstance(kept, Kept):
                return kept
            for session_id, some in deltas.items():
                late = [*some, *self._waiting.get(session_id, ())]
                self._waiting[session_id] = late[:MAX_LATE]
            return Kept()

    async def _tried(self, call: object) -> object:
        """The vault's answer. Without it sessions go on, and live as long as this gateway."""
        try:
            return await answer_of(call, KEEP_TIMEOUT_S)  # type: ignore[arg-type]
        except InterpError:
            log.warning("the vault does not answer")
            return _FAILED


_FAILED = object()


def vault_store() -> VaultStore:
    """What the vault's process calls; no model is loaded for it."""
    return VaultStore(MonotonicClock())
