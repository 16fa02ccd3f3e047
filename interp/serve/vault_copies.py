"""A vault of several copies, of which any one is enough: each is told everything.

A copy that does not answer is not waited for while another does. What it missed, or lost with its
process, is brought to it from one that has it.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, TypeVar

from interp.core.clock import Clock
from interp.serve.record import Record
from interp.serve.vault import Claim, Deltas, Kept, Vault

GRACE_S = 0.5
"""What the slower copies have beyond the first that answers."""
RETRY_MS = 1_000.0
"""Between two looks whether a silent one is back."""

log = logging.getLogger(__name__)

AnswerT = TypeVar("AnswerT")


class VaultCopy(Vault, Protocol):
    """A vault, and what it takes to make another one equal to it."""

    async def fetch(self, owner: str, session_ids: Iterable[str]) -> list[Record]:
        """As VaultStore.fetch."""


@dataclass(slots=True, eq=False)
class _Copy:
    """silent_since_ms: when it was last found not to answer; None: it answers."""

    vault: VaultCopy
    silent_since_ms: float | None = None


class VaultCopies:
    """Implements Vault. Its calls raise ConnectionError where no copy answers."""

    def __init__(self, vaults: Sequence[VaultCopy], clock: Clock) -> None:
        self._copies = [_Copy(vault) for vault in vaults]
        self._clock = clock
        self._calling: set[asyncio.Future[Any]] = set()

    async def open(self, owner: str, record: Record) -> None:
        """As Vault.open."""
        await self._ask(owner, lambda vault: vault.open(owner, record))

    async def keep(self, owner: str, deltas: Deltas) -> Kept:
        """As Vault.keep. Not to be called again before it has answered."""
        answers = await self._ask(owner, lambda vault: vault.keep(owner, deltas))
        gone = dict[str, int]()
        for kept in answers.values():
            gone |= {key: max(at, gone.get(key, 0)) for key, at in kept.gone.items()}
        unknown = frozenset(deltas).intersection(*(kept.unknown for kept in answers.values()))
        for copy, kept in answers.items():
            if missing := kept.unknown - unknown - gone.keys():
                await self._bring(owner, missing, copy, answers)
        return Kept(gone, unknown)

    async def claim(self, owner: str, token: str) -> Claim:
        """As Vault.claim. Those are asked as well that were silent: one of them may know more."""
        answers = await self._ask(owner, lambda vault: vault.claim(owner, token), silent=True)
        if any(claim.misused for claim in answers.values()):
            return Claim(misused=True)
        found = [claim.record for claim in answers.values() if claim.record]
        if not found:
            return Claim(missing=any(claim.missing for claim in answers.values()))
        newest = max(found, key=lambda record: record.revision)
        rank = max(record.claims for record in found), newest.revision
        records = {copy: claim.record for copy, claim in answers.items()}
        behind = [copy for copy, record in records.items() if not record or record.rank < rank]
        newest.claims, _ = rank
        for copy in behind:
            await self._asked(copy, copy.vault.open(owner, newest))
        return Claim(newest)

    async def forget(self, owner: str, session_id: str) -> None:
        """As Vault.forget."""
        await self._ask(owner, lambda vault: vault.forget(owner, session_id))

    async def _bring(
        self, owner: str, session_ids: frozenset[str], to: _Copy, answering: Iterable[_Copy]
    ) -> None:
        """Records that one copy lacks, from another."""
        for copy in answering:
            if copy is to or not session_ids:
                continue
            for record in await self._asked(copy, copy.vault.fetch(owner, session_ids)) or []:
                await self._asked(to, to.vault.open(owner, record))
                session_ids -= {record.session_id}

    async def _ask(
        self,
        owner: str,
        call: Callable[[VaultCopy], Coroutine[Any, Any, AnswerT]],
        *,
        silent: bool = False,
    ) -> dict[_Copy, AnswerT]:
        """What those say that answer in time, at least one. Raises ConnectionError.

        silent: ask also those that did not answer lately.
        """
        self._call_back(owner)
        asked = {
            copy: self._started(call(copy.vault))
            for copy in self._copies
            if silent or copy.silent_since_ms is None
        }
        waiting = set(asked.values())
        while waiting and not any(map(_answered, asked.values())):
            _, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if waiting:
            await asyncio.wait(waiting, timeout=GRACE_S)
        for copy, answer in asked.items():
            if not _answered(answer):
                self._mark_silent(copy)
        answers = {copy: each.result() for copy, each in asked.items() if _answered(each)}
        if not answers:
            raise ConnectionError("no copy of the vault answers")
        return answers

    async def _asked(self, copy: _Copy, call: Coroutine[Any, Any, AnswerT]) -> AnswerT | None:
        """One copy's answer; None if it has none."""
        answer = self._started(call)
        await asyncio.wait({answer}, timeout=GRACE_S)
        if not _answered(answer):
            self._mark_silent(copy)
            return None
        return answer.result()

    def _call_back(self, owner: str) -> None:
        """See whether those are back that were silent."""
        for copy in self._copies:
            since_ms = copy.silent_since_ms
            if since_ms is None or self._clock.now_ms() - since_ms < RETRY_MS:
                continue
            copy.silent_since_ms = self._clock.now_ms()
            back = self._started(copy.vault.keep(owner, {}))
            back.add_done_callback(partial(self._welcome, copy))

    def _welcome(self, copy: _Copy, back: "asyncio.Future[Kept]") -> None:
        if _answered(back):
            copy.silent_since_ms = None
            log.info("a copy of the vault is back")

    def _mark_silent(self, copy: _Copy) -> None:
        if copy.silent_since_ms is None:
            log.warning("a copy of the vault does not answer")
        copy.silent_since_ms = self._clock.now_ms()

    def _started(self, call: Coroutine[Any, Any, AnswerT]) -> "asyncio.Future[AnswerT]":
        """A call that goes on though nobody waits for it any more."""
        answer = asyncio.ensure_future(call)
        self._calling.add(answer)
        answer.add_done_callback(self._over)
        return answer

    def _over(self, answer: "asyncio.Future[Any]") -> None:
        self._calling.discard(answer)
        if not answer.cancelled():
            answer.exception()  # was looked at: a copy that is gone is no news


def _answered(answer: "asyncio.Future[Any]") -> bool:
    return answer.done() and not answer.cancelled() and answer.exception() is None
