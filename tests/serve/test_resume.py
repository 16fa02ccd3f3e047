"""A session outlives its stream: lost connections, taken up again or taken over."""

import asyncio
from dataclasses import replace

import pytest

from interp.core.errors import Reason
from interp.core.events import SessionEnded, TargetText
from interp.serve.auth import Tenant, digest_of
from interp.serve.outbox import OutboxSettings
from interp.wire.messages import AudioAck, Resume, SessionStarted
from tests.fakes.replica import FakeReplica
from tests.serve.gateway import (
    CONFIG,
    RESUMABLE,
    Gateway,
    Talk,
    audio,
    eventually,
    serving,
    settings,
    text_of,
    words,
)


async def talked(gateway: Gateway, chunks: int, key: str = "") -> tuple[Talk, SessionStarted]:
    """A resumable session that has heard some chunks and told all of them."""
    talk = gateway.call(key=key)
    await talk.say(RESUMABLE, *(audio(i) for i in range(1, chunks + 1)))
    started = await talk.until(SessionStarted)
    for _ in range(chunks):
        await talk.until(TargetText)
    return talk, started


async def test_a_lost_stream_is_resumed_without_a_word_lost_or_said_twice() -> None:
    replica = FakeReplica()
    async with serving(replica) as gateway:
        talk, first = await talked(gateway, 3)
        await talk.say(audio(4), audio(5))
        (lane,) = replica.lanes.values()
        await eventually(lambda: lane.words == 5)
        received = talk.sequences[-1]
        talk.cancel()
        again = await gateway.call().say(Resume(first.resume_token, received))
        started = await again.until(SessionStarted)
        await again.say(audio(6))
        await again.half_close()
        rest = await again.rest()
    assert started.resumed
    assert started.session_id == first.session_id
    assert started.received == AudioAck(5, 500)
    assert started.accepted == RESUMABLE
    assert text_of(rest) == words(6, first=3)
    assert again.sequences == [0, *range(received + 1, again.sequences[-1] + 1)]


async def test_audio_sent_again_is_dropped() -> None:
    async with serving(FakeReplica()) as gateway:
        talk, first = await talked(gateway, 3)
        talk.cancel()
        again = await gateway.call().say(Resume(first.resume_token, talk.sequences[-1]))
        await again.say(audio(2), audio(3), audio(4))
        await again.half_close()
        rest = await again.rest()
    assert text_of(rest) == words(4, first=3)
    assert isinstance(rest[-1], SessionEnded)
    assert rest[-1].totals.heard_ms == 400


async def test_responses_on_their_way_when_the_stream_broke_come_again() -> None:
    async with serving(FakeReplica()) as gateway:
        talk, first = await talked(gateway, 4)
        talk.cancel()
        again = await gateway.call().say(Resume(first.resume_token, 0))
        await again.half_close()
        rest = await again.rest()
    assert text_of(rest) == words(4)


async def test_the_end_is_kept_for_who_did_not_hear_it() -> None:
    replica = FakeReplica()
    async with serving(replica) as gateway:
        talk, first = await talked(gateway, 2)
        await talk.half_close()
        await talk.until(SessionEnded)
        await talk.rest()
        await eventually(lambda: not replica.lanes)
        again = await gateway.call().say(Resume(first.resume_token, 0))
        bodies = await again.rest()
        assert len(gateway.server.sessions) == 0
    assert text_of(bodies) == words(2)
    assert isinstance(bodies[-1], SessionEnded)


async def test_the_end_of_a_session_that_waits_is_kept_as_well() -> None:
    replica = FakeReplica()
    async with serving(replica) as gateway:
        talk, first = await talked(gateway, 1)
        await talk.half_close()
        await eventually(lambda: not replica.lanes)
        talk.cancel()
        again = await gateway.call().say(Resume(first.resume_token, talk.sequences[-1]))
        await again.half_close()
        assert isinstance((await again.rest())[-1], SessionEnded)


async def test_an_ended_session_is_forgotten_after_its_window() -> None:
    async with serving(FakeReplica(), config=settings(resume_s=0.2)) as gateway:
        talk, first = await talked(gateway, 1)
        await talk.half_close()
        await talk.rest()
        await asyncio.sleep(0.5)
        error = await (await gateway.call().say(Resume(first.resume_token, 0))).error()
    assert error.reason is Reason.RESUME_EXPIRED


async def test_each_stream_has_a_token_of_its_own() -> None:
    async with serving(FakeReplica()) as gateway:
        talk, first = await talked(gateway, 1)
        talk.cancel()
        again = await gateway.call().say(Resume(first.resume_token, 0))
        second = await again.until(SessionStarted)
        assert second.resume_token not in ("", first.resume_token)
        again.cancel()
        last = await gateway.call().say(Resume(second.resume_token, 0))
        await last.half_close()
        assert text_of(await last.rest()) == words(1)


async def test_a_token_used_again_before_its_successor_arrived_is_good() -> None:
    async with serving(FakeReplica()) as gateway:
        talk, first = await talked(gateway, 1)
        talk.cancel()
        for _ in range(3):
            again = await gateway.call().say(Resume(first.resume_token, 0))
            await again.until(SessionStarted)
            again.cancel()


async def test_a_token_used_twice_ends_the_session() -> None:
    async with serving(FakeReplica()) as gateway:
        talk, first = await talked(gateway, 1)
        talk.cancel()
        again = await gateway.call().say(Resume(first.resume_token, 0))
        await again.until(SessionStarted)
        await again.say(audio(2))
        await again.until(TargetText)
        thief = await (await gateway.call().say(Resume(first.resume_token, 0))).error()
        victim = await again.error()
    assert thief.reason is Reason.RESUME_EXPIRED
    assert victim.reason is Reason.SESSION_TAKEN_OVER


async def test_a_takeover_ends_the_old_stream_and_goes_on_with_the_new() -> None:
    async with serving(FakeReplica()) as gateway:
        old, first = await talked(gateway, 1)
        new = await gateway.call().say(Resume(first.resume_token, old.sequences[-1]))
        await new.until(SessionStarted)
        error = await old.error()
        await new.say(audio(2))
        await new.half_close()
        rest = await new.rest()
    assert error.reason is Reason.SESSION_TAKEN_OVER
    assert text_of(rest) == words(2, first=1)


async def test_many_takeovers_at_once_leave_one_stream() -> None:
    async with serving(FakeReplica()) as gateway:
        _, first = await talked(gateway, 1)
        talks = [gateway.call() for _ in range(8)]
        await asyncio.gather(*(talk.say(Resume(first.resume_token, 0)) for talk in talks))
        endings = [asyncio.ensure_future(talk.error()) for talk in talks]
        done, pending = await asyncio.wait(endings, timeout=1)
        for ending in pending:
            ending.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
    assert len(pending) == 1
    assert {ending.result().reason for ending in done} == {Reason.SESSION_TAKEN_OVER}


async def test_an_unresumed_session_frees_its_lane_after_its_window() -> None:
    replica = FakeReplica()
    async with serving(replica, config=settings(resume_s=0.2)) as gateway:
        talk, first = await talked(gateway, 1)
        talk.cancel()
        await asyncio.sleep(0.1)
        assert replica.lanes, "the lane is kept while the session may be resumed"
        await eventually(lambda: not replica.lanes)
        error = await (await gateway.call().say(Resume(first.resume_token, 0))).error()
    assert error.reason is Reason.RESUME_EXPIRED
    assert first.accepted.resume_window_s == 0.2, "no more was granted than the server gives"


async def test_a_session_without_a_window_has_no_token() -> None:
    async with serving(FakeReplica()) as gateway:
        started = await (await gateway.call().say(CONFIG)).until(SessionStarted)
    assert started.resume_token == ""


async def test_another_tenant_cannot_resume() -> None:
    tenants = (Tenant("one", digest_of("k1")), Tenant("two", digest_of("k2")))
    async with serving(FakeReplica(), config=settings(tenants=tenants)) as gateway:
        talk, first = await talked(gateway, 1, key="k1")
        theft = await gateway.call(key="k2").say(Resume(first.resume_token, 0))
        error = await theft.error()
        await talk.half_close()
        await talk.until(SessionEnded)
    assert error.reason is Reason.RESUME_EXPIRED


async def test_responses_no_longer_kept_cannot_be_resumed_from() -> None:
    config = settings(outbox=OutboxSettings(kept_bytes=100))
    async with serving(FakeReplica(), config=config) as gateway:
        talk, first = await talked(gateway, 6)
        talk.cancel()
        error = await (await gateway.call().say(Resume(first.resume_token, 0))).error()
    assert error.reason is Reason.RESUME_EXPIRED


@pytest.mark.parametrize("received", [10_000, 2**60])
async def test_a_sequence_that_was_never_sent_is_refused(received: int) -> None:
    async with serving(FakeReplica()) as gateway:
        talk, first = await talked(gateway, 1)
        talk.cancel()
        error = await (await gateway.call().say(Resume(first.resume_token, received))).error()
    assert error.reason is Reason.RESUME_EXPIRED


async def test_limits_hold_for_a_resumed_session_too() -> None:
    async with serving(FakeReplica(), config=settings(idle_s=0.3)) as gateway:
        talk, first = await talked(gateway, 1)
        talk.cancel()
        again = await gateway.call().say(
            replace(Resume(first.resume_token, 0), received_sequence=talk.sequences[-1])
        )
        error = await again.error()
    assert error.reason is Reason.IDLE_TIMEOUT


async def test_many_wrong_tokens_at_once_are_sent_away_and_the_right_one_is_not() -> None:
    async with serving(FakeReplica()) as gateway:
        talk, first = await talked(gateway, 1)
        talk.cancel()
        guesses = [await gateway.call().say(Resume(f"guess {i}", 0)) for i in range(20)]
        right = await gateway.call().say(Resume(first.resume_token, 0))
        await right.until(SessionStarted)
        errors = [await guess.error() for guess in guesses]
    reasons = [error.reason for error in errors]
    assert reasons.count(Reason.QUOTA) == 12
    assert reasons.count(Reason.RESUME_EXPIRED) == 8
