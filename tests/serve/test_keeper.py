"""A gateway's line to the vault: late is not lost, and what a vault lacks it is brought."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from interp.core.clock import MonotonicClock
from interp.core.errors import Reason, Unavailable
from interp.core.events import SessionEnded, TargetText
from interp.intake.ledger import LedgerState
from interp.serve.record import Delta, Facts, Record
from interp.serve.tokens import Tokens
from interp.serve.vault import Keeper, Kept
from interp.serve.vault_copies import RETRY_MS, VaultCopies
from interp.wire.messages import Body, Resume, SessionStarted
from tests.fakes.replica import FakeReplica
from tests.fakes.vault import LocalVault
from tests.serve.gateway import RESUMABLE, Gateway, audio, eventually, serving, text_of, words

LATE_S = 1.5


async def test_nothing_leaves_before_a_late_vault_has_it() -> None:
    vault, replica = LocalVault(), FakeReplica()
    async with serving(replica, vault=vault) as one, serving(replica, vault=vault) as other:
        talk = await one.call().say(RESUMABLE, audio(1))
        first = await talk.until(SessionStarted)
        bodies = [await talk.until(TargetText)]
        vault.late_s = LATE_S
        await talk.say(audio(2), audio(3))
        bodies += [await talk.until(TargetText) for _ in range(2)]
        again = await other.call(timeout_s=30).say(
            Resume(first.resume_token, talk.sequences[-1]), audio(4)
        )
        await again.half_close()
        rest = await again.rest()
    assert text_of([*bodies, *rest]) == words(4)
    assert isinstance(rest[-1], SessionEnded)


async def test_a_vault_that_has_lost_everything_is_brought_it_again() -> None:
    vault, replica = LocalVault(), FakeReplica()
    async with serving(replica, vault=vault) as one, serving(replica, vault=vault) as other:
        talk = await one.call().say(RESUMABLE, audio(1), audio(2))
        first = await talk.until(SessionStarted)
        bodies = [await talk.until(TargetText) for _ in range(2)]
        vault.restart()
        await talk.say(audio(3))
        bodies.append(await talk.until(TargetText))
        await eventually(lambda: len(vault.store) == 1)
        again = await other.call().say(Resume(first.resume_token, talk.sequences[-1]), audio(4))
        await again.half_close()
        assert text_of([*bodies, *await again.rest()]) == words(4)


async def test_a_session_that_began_without_a_vault_is_recorded_once_there_is_one() -> None:
    vault, replica = LocalVault(), FakeReplica()
    vault.dead = True
    async with serving(replica, vault=vault) as one, serving(replica, vault=vault) as other:
        talk = await one.call().say(RESUMABLE, audio(1))
        first = await talk.until(SessionStarted)
        bodies = [await talk.until(TargetText)]
        vault.dead = False
        await talk.say(audio(2))
        bodies.append(await talk.until(TargetText))
        await eventually(lambda: len(vault.store) == 1)
        again = await other.call().say(Resume(first.resume_token, talk.sequences[-1]), audio(3))
        await again.half_close()
        assert text_of([*bodies, *await again.rest()]) == words(3)


async def two_words(gateway: Gateway, missed_by: LocalVault) -> tuple[Resume, list[Body]]:
    """A session of which a copy has not heard the second word; how to go on with it elsewhere."""
    talk = await gateway.call().say(RESUMABLE, audio(1))
    first = await talk.until(SessionStarted)
    bodies: list[Body] = [await talk.until(TargetText)]
    missed_by.dead = True
    await talk.say(audio(2))
    bodies.append(await talk.until(TargetText))
    return Resume(first.resume_token, talk.sequences[-1]), bodies


async def test_a_copy_that_has_not_heard_of_a_takeover_does_not_end_the_session() -> None:
    copies, replica = [LocalVault(), LocalVault()], FakeReplica()
    vaults = [VaultCopies(copies, MonotonicClock()) for _ in range(2)]
    async with serving(replica, vault=vaults[0]) as one, serving(replica, vault=vaults[1]) as other:
        resume, bodies = await two_words(one, missed_by=copies[1])
        again = await other.call().say(resume, audio(3))
        bodies.append(await again.until(TargetText))
        copies[1].dead = False
        await asyncio.sleep(RETRY_MS / 1000)
        for number in range(4, 8):
            await again.say(audio(number))
            bodies.append(await again.until(TargetText))
            await asyncio.sleep(0.1)
        copies[0].dead = True
        await again.half_close()
        assert text_of([*bodies, *await again.rest()]) == words(7)


async def test_a_copy_that_knows_less_than_the_client_is_not_gone_on_with() -> None:
    copies, replica = [LocalVault(), LocalVault()], FakeReplica()
    vaults = [VaultCopies(copies, MonotonicClock()) for _ in range(2)]
    async with serving(replica, vault=vaults[0]) as one, serving(replica, vault=vaults[1]) as other:
        resume, bodies = await two_words(one, missed_by=copies[1])
        copies[0].dead, copies[1].dead = True, False
        refused = await (await other.call().say(resume)).error()
        assert (refused.reason, bool(refused.retry_after_ms)) == (Reason.REPLICA_LOST, True)
        copies[0].dead = False
        again = await other.call().say(resume, audio(3))
        await again.half_close()
        assert text_of([*bodies, *await again.rest()]) == words(3)


async def test_one_that_does_not_answer_is_waited_for_once_and_told_of_all_when_it_does() -> None:
    vault = LocalVault()
    keeper = Keeper(vault, "one", patience_s=0.2)
    await keeper.open(Record("a", "", RESUMABLE, 60.0))
    vault.frozen = True
    waited_s = [await timed(keeper.keep("a", delta(number))) for number in range(1, 9)]
    assert waited_s[0] >= 0.2
    assert max(waited_s[1:]) < 0.1
    vault.frozen = False
    await asyncio.sleep(0.3)  # it is asked once more meanwhile, and did not answer
    assert await keeper.keep("a", delta(9))
    await eventually(lambda: vault.store.keep("one", {"a": [delta(10)]}) == Kept())


async def test_who_comes_before_a_vault_was_brought_what_it_missed_is_told_to_come_again() -> None:
    vault, record = LocalVault(), Record("a", "", RESUMABLE, 60.0)
    record.apply(delta(1))
    await vault.open("one", record)
    assert (await vault.keep("one", {"a": [delta(3)]})).unknown == {"a"}
    other, resume = Keeper(vault, "other"), Resume(TOKENS.current, 0)
    with pytest.raises(Unavailable) as told:
        await other.claim(resume)
    assert told.value.retry_after_ms
    await vault.open("one", record)
    assert (await other.claim(resume)) is not None


TOKENS = Tokens(resumable=True).state


def delta(number: int) -> Delta:
    ledger, tokens = LedgerState(0, 0, 0), TOKENS
    facts = Facts(tokens, ledger, 0, {}, 0, 0, ended=False, age_ms=0.0, lane="")
    return Delta(number, (), (), (), (), facts)


async def timed(call: Coroutine[Any, Any, object]) -> float:
    began_s = asyncio.get_running_loop().time()
    await call
    return asyncio.get_running_loop().time() - began_s
