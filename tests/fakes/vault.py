"""A vault in this process that hands out copies, as one elsewhere would."""

import asyncio
import pickle
from collections.abc import Iterable

from interp.core.clock import MonotonicClock
from interp.serve.record import Record
from interp.serve.vault import Claim, Deltas, Kept, VaultStore


class LocalVault:
    """Implements Vault. dead: it is gone. frozen: it does not answer. late_s: it does only then."""

    def __init__(self) -> None:
        self.restart()
        self.dead = self.frozen = False
        self.calls = 0
        self.late_s = 0.0

    def restart(self) -> None:
        """It is there again, and empty."""
        self.store = VaultStore(MonotonicClock())

    async def open(self, owner: str, record: Record) -> None:
        """As Vault.open."""
        await self._check()
        self.store.open(owner, pickle.loads(pickle.dumps(record)))

    async def keep(self, owner: str, deltas: Deltas) -> Kept:
        """As Vault.keep."""
        await self._check()
        return self.store.keep(owner, pickle.loads(pickle.dumps(deltas)))

    async def claim(self, owner: str, token: str) -> Claim:
        """As Vault.claim."""
        await self._check()
        found: Claim = pickle.loads(pickle.dumps(self.store.claim(owner, token)))
        return found

    async def fetch(self, owner: str, session_ids: Iterable[str]) -> list[Record]:
        """As VaultCopy.fetch."""
        await self._check()
        found: list[Record] = pickle.loads(pickle.dumps(self.store.fetch(owner, session_ids)))
        return found

    async def forget(self, owner: str, session_id: str) -> None:
        """As Vault.forget."""
        await self._check()
        self.store.forget(owner, session_id)

    async def _check(self) -> None:
        self.calls += 1
        if self.frozen:
            await asyncio.sleep(3600)
        await asyncio.sleep(self.late_s)
        if self.dead:
            raise ConnectionError
