"""A vault in this process that hands out copies, as one elsewhere would."""

import pickle
from collections.abc import Mapping, Sequence

from interp.core.clock import MonotonicClock
from interp.serve.record import Delta, Record
from interp.serve.vault import VaultStore


class LocalVault:
    """Implements Vault. dead: it does not answer."""

    def __init__(self) -> None:
        self.store = VaultStore(MonotonicClock())
        self.dead = False
        self.calls = 0

    async def open(self, owner: str, record: Record) -> None:
        """As Vault.open."""
        self._check()
        self.store.open(owner, pickle.loads(pickle.dumps(record)))

    async def keep(self, owner: str, deltas: Mapping[str, Sequence[Delta]]) -> frozenset[str]:
        """As Vault.keep."""
        self._check()
        return self.store.keep(owner, pickle.loads(pickle.dumps(deltas)))

    async def claim(self, owner: str, token: str) -> Record | None:
        """As Vault.claim."""
        self._check()
        found: Record | None = pickle.loads(pickle.dumps(self.store.claim(owner, token)))
        return found

    async def forget(self, owner: str, session_id: str) -> None:
        """As Vault.forget."""
        self._check()
        self.store.forget(owner, session_id)

    def _check(self) -> None:
        self.calls += 1
        if self.dead:
            raise ConnectionError
