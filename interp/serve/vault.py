"""Where the sessions of all gateways are recorded, so that any of them can go on with one.

A gateway hands over what became of its sessions before it tells its clients, in one call for all of
them at a time.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from interp.core.clock import Clock
from interp.core.errors import InterpError, Reason, Unavailable
from interp.engine.replica import answer_of
from interp.serve.record import Delta, Record

KEEP_TIMEOUT_S = 1.0
RETRY_MS = 200
GRACE_MS = 5_000.0
"""Beyond its window a record is kept so long, for a gateway that died with its clients."""

log = logging.getLogger(__name__)


class Vault(Protocol):
    """Outlives any gateway. owner: the gateway that speaks."""

    async def open(self, owner: str, record: Record) -> None:
        """A session begins, or goes on with this gateway."""

    async def keep(self, owner: str, deltas: Mapping[str, Sequence[Delta]]) -> frozenset[str]:
        """Take in what became of sessions; which of them are not this gateway's any more."""

    async def claim(self, owner: str, token: str) -> Record | None:
        """The session that this token resumes, from now on this gateway's; None: there is none.

        A token that was used before ends its session.
        """

    async def forget(self, owner: str, session_id: str) -> None:
        """The session is over, if it is this gateway's."""


@dataclass(slots=True)
class _Held:
    owner: str
    record: Record
    touched_ms: float


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

    def keep(self, owner: str, deltas: Mapping[str, Sequence[Delta]]) -> frozenset[str]:
        """As Vault.keep."""
        gone = set()
        for session_id, some in deltas.items():
            held = self._held.get(session_id)
            if held is None or held.owner != owner:
                gone.add(session_id)
                continue
            held.touched_ms = self._clock.now_ms()
            for delta in some:
                held.record.apply(delta)
        return frozenset(gone)

    def claim(self, owner: str, token: str) -> Record | None:
        """As Vault.claim."""
        self._expire()
        for session_id, held in list(self._held.items()):
            facts = held.record.facts
            if facts is None:
                continue
            if token in facts.tokens.spent:
                del self._held[session_id]
            elif facts.tokens.good(token):
                held.owner = owner
                return held.record
        return None

    def forget(self, owner: str, session_id: str) -> None:
        """As Vault.forget."""
        held = self._held.get(session_id)
        if held and held.owner == owner:
            del self._held[session_id]

    def _expire(self) -> None:
        now_ms = self._clock.now_ms()
        for session_id, held in list(self._held.items()):
            window_ms = held.record.config.resume_window_s * 1000
            if now_ms - held.touched_ms > window_ms + GRACE_MS:
                del self._held[session_id]


class Keeper:
    """A gateway's line to the vault: one call at a time, and what comes meanwhile in the next."""

    def __init__(self, vault: Vault, owner: str) -> None:
        self._vault, self._owner = vault, owner
        self._line = asyncio.Lock()
        self._waiting: dict[str, list[Delta]] = {}
        self._next: asyncio.Future[frozenset[str]] | None = None

    async def open(self, record: Record) -> bool:
        """Begin a record; False if the vault cannot be had now."""
        return await self._tried(self._vault.open(self._owner, record)) is not _FAILED

    async def keep(self, session_id: str, delta: Delta) -> bool:
        """Once this returns the delta is kept, if it can be; False: the session is another's."""
        self._waiting.setdefault(session_id, []).append(delta)
        if self._next is None:
            self._next = asyncio.ensure_future(self._flush())
        return session_id not in await asyncio.shield(self._next)

    async def claim(self, token: str) -> Record | None:
        """As Vault.claim. Raises Unavailable where that is out of reach: the token stays good."""
        found = await self._tried(self._vault.claim(self._owner, token))
        if found is _FAILED:
            raise Unavailable(Reason.REPLICA_LOST, "sessions cannot be looked up now", RETRY_MS)
        return found if isinstance(found, Record) else None

    async def forget(self, session_id: str) -> None:
        """As Vault.forget."""
        await self._tried(self._vault.forget(self._owner, session_id))

    async def _flush(self) -> frozenset[str]:
        async with self._line:
            deltas, self._waiting, self._next = self._waiting, {}, None
            gone = await self._tried(self._vault.keep(self._owner, deltas))
            return gone if isinstance(gone, frozenset) else frozenset()

    async def _tried(self, call: object) -> object:
        """The vault's answer. Without it sessions go on, and live as long as this gateway."""
        try:
            return await answer_of(call, KEEP_TIMEOUT_S)  # type: ignore[arg-type]
        except InterpError:
            log.warning("the vault does not answer")
            return _FAILED


_FAILED = object()
