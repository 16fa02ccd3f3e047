"""A vault that takes its time costs time, and no session."""

import asyncio
from dataclasses import replace

import pytest

from interp.client.client import connect, paced
from interp.core.errors import InterpError, Reason, Unavailable
from interp.core.events import TargetText
from interp.serve.vault import Keeper
from interp.wire.messages import Resume, SessionStarted
from tests.fakes.replica import FakeReplica
from tests.fakes.vault import LocalVault
from tests.serve.front import Front
from tests.serve.gateway import CHUNK, RESUMABLE, audio, eventually, serving, text_of, words

BRIEF = replace(RESUMABLE, resume_window_s=0.3)
LATE_S = 2 * BRIEF.resume_window_s


async def test_a_session_whose_record_is_long_in_opening_is_not_over_before_it_began() -> None:
    vault = LocalVault()
    vault.late_s = LATE_S
    async with serving(FakeReplica(), vault=vault) as gateway:
        talk = await gateway.call().say(BRIEF, audio(1), audio(2))
        await talk.half_close()
        assert text_of(await talk.rest()) == words(2)


async def test_who_leaves_while_his_record_is_opened_leaves_no_session() -> None:
    vault, replica = LocalVault(), FakeReplica()
    vault.late_s = LATE_S
    async with serving(replica, vault=vault) as gateway:
        talk = await gateway.call().say(RESUMABLE)
        await eventually(lambda: replica.lanes)
        talk.cancel()
        await eventually(lambda: not replica.lanes, timeout_s=LATE_S)
        assert not len(gateway.server.sessions)
        await asyncio.sleep(3 * LATE_S)
        assert not len(vault.store)


async def test_who_comes_back_in_time_is_not_too_late_because_the_vault_is() -> None:
    vault = LocalVault()
    async with serving(FakeReplica(), vault=vault) as gateway:
        talk = await gateway.call().say(BRIEF, audio(1))
        first = await talk.until(SessionStarted)
        await talk.until(TargetText)
        (relay,) = gateway.server.sessions.running()
        talk.cancel()
        await eventually(lambda: relay.stream is None)
        vault.late_s = LATE_S
        again = await gateway.call().say(Resume(first.resume_token, talk.sequences[-1]), audio(2))
        await again.half_close()
        assert text_of(await again.rest()) == words(2, first=1)


async def test_who_comes_back_too_late_is_told_so_by_a_slow_vault_too() -> None:
    vault, replica = LocalVault(), FakeReplica()
    async with serving(replica, vault=vault) as one, serving(replica, vault=vault) as other:
        talk = await one.call().say(BRIEF, audio(1))
        first = await talk.until(SessionStarted)
        talk.cancel()
        vault.late_s = LATE_S
        await eventually(lambda: len(vault.store) == 0)
        for gateway in (one, other):
            error = await (await gateway.call().say(Resume(first.resume_token, 0))).error()
            assert error.reason is Reason.RESUME_EXPIRED
        assert not replica.lanes


async def test_who_comes_back_where_no_vault_answers_is_told_when_his_window_is_over() -> None:
    vault, replica = LocalVault(), FakeReplica()
    async with (
        serving(replica, vault=vault) as one,
        serving(replica, vault=vault) as other,
        Front([one.server.port, other.server.port]) as front,
        connect(f"127.0.0.1:{front.port}") as client,
    ):
        heard = client.interpret(BRIEF, paced([CHUNK] * 100, 100))
        assert isinstance(await anext(heard), SessionStarted)
        vault.dead = True
        front.turn()
        front.cut()
        async with asyncio.timeout(5):
            with pytest.raises(InterpError) as told:
                _ = [body async for body in heard]
    assert told.value.reason is Reason.REPLICA_LOST


async def test_a_vault_that_does_not_answer_at_all_is_waited_for_so_long() -> None:
    vault = LocalVault()
    vault.frozen = True
    with pytest.raises(Unavailable):
        async with asyncio.timeout(2):
            await Keeper(vault, "one", patience_s=0.2).claim(Resume("token", 0))
