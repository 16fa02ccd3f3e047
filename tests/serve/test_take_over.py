"""A session goes on at another gateway: nothing is lost, nothing comes twice."""

import asyncio
import os
from dataclasses import replace

import numpy as np
import pytest

from interp.core.clock import MonotonicClock, VirtualClock
from interp.core.errors import InterpError, Reason
from interp.core.events import SessionEnded, TargetText
from interp.intake.format import AudioFormat, Encoding
from interp.intake.past import MAX_BYTES, Message
from interp.serve.vault_copies import RETRY_MS, VaultCopies
from interp.wire.messages import AudioMessage, Resume, SessionStarted
from tests.attack.processes import command_of, family
from tests.fakes.containers import encoded
from tests.fakes.host_replica import HostReplica
from tests.fakes.replica import FakeReplica
from tests.fakes.vault import LocalVault
from tests.serve.gateway import RESUMABLE, audio, eventually, serving, text_of, words


@pytest.mark.parametrize("chunks", [1, 4, 5, 6, 12])
@pytest.mark.parametrize("forget", [0, 3])
async def test_words_go_on_where_they_were(chunks: int, forget: int) -> None:
    vault, replica = LocalVault(), FakeReplica()
    async with serving(replica, vault=vault) as one, serving(replica, vault=vault) as other:
        talk = await one.call().say(RESUMABLE, *(audio(i) for i in range(1, chunks + 1)))
        first = await talk.until(SessionStarted)
        bodies = [await talk.until(TargetText) for _ in range(chunks)]
        received = max(talk.sequences[-1] - forget, 0)
        again = await other.call().say(Resume(first.resume_token, received))
        started = await again.until(SessionStarted)
        begin = started.received.audio_sequence + 1
        await again.say(*(audio(i) for i in range(begin, chunks + 4)))
        await again.half_close()
        rest = await again.rest()
    assert started.resumed
    assert started.session_id == first.session_id
    assert again.sequences == [0, *range(received + 1, again.sequences[-1] + 1)]
    assert text_of(rest).endswith(words(chunks + 3, first=chunks))
    if not forget:
        assert text_of([*bodies, *rest]) == words(chunks + 3)
    assert isinstance(rest[-1], SessionEnded)
    assert rest[-1].totals.heard_ms == (chunks + 3) * 100


async def test_all_responses_after_the_last_received_come_once() -> None:
    vault, replica = LocalVault(), FakeReplica()
    async with serving(replica, vault=vault) as one, serving(replica, vault=vault) as other:
        talk = await one.call().say(RESUMABLE, *(audio(i) for i in range(1, 13)))
        first = await talk.until(SessionStarted)
        for _ in range(12):
            await talk.until(TargetText)
        again = await other.call().say(Resume(first.resume_token, 0))
        await again.half_close()
        assert text_of(await again.rest()) == words(12)


async def test_who_looks_on_there_is_told_what_was_said_here() -> None:
    vault, replica = LocalVault(), FakeReplica()
    async with serving(replica, vault=vault) as one, serving(replica, vault=vault) as other:
        talk = await one.call().say(RESUMABLE, *(audio(i) for i in range(1, 8)))
        first = await talk.until(SessionStarted)
        for _ in range(7):
            await talk.until(TargetText)
        again = await other.call().say(Resume(first.resume_token, 0))
        await again.until(TargetText)
        (relay,) = other.server.sessions.running()
        watch = relay.downlink.watch()
        await again.half_close()
        await again.rest()
        assert text_of([body async for body in watch]) == words(7)


async def test_the_gateway_that_had_it_lets_go() -> None:
    vault, replica = LocalVault(), FakeReplica()
    async with serving(replica, vault=vault) as one, serving(replica, vault=vault) as other:
        talk = await one.call().say(RESUMABLE, audio(1))
        first = await talk.until(SessionStarted)
        await talk.until(TargetText)
        again = await other.call().say(Resume(first.resume_token, 0))
        await again.until(SessionStarted)
        await talk.say(audio(2))
        assert (await talk.error()).reason is Reason.SESSION_TAKEN_OVER
        await eventually(lambda: len(replica.lanes) == 1)
        await again.say(audio(2))
        await again.half_close()
        assert text_of(await again.rest()) == words(2)


async def test_a_lane_is_free_at_once_for_who_takes_its_session_over() -> None:
    vault, replica = LocalVault(), FakeReplica(lanes=1)
    async with serving(replica, vault=vault) as one, serving(replica, vault=vault) as other:
        talk = await one.call().say(RESUMABLE, audio(1))
        first = await talk.until(SessionStarted)
        await talk.until(TargetText)
        (lane,) = replica.lanes
        again = await other.call().say(Resume(first.resume_token, 0))
        await again.until(SessionStarted)  # the gateway that had it has not heard a word of it yet
        assert len(replica.lanes) == 1
        assert lane not in replica.lanes
        assert (await talk.error()).reason is Reason.SESSION_TAKEN_OVER
        await again.say(audio(2))
        await again.half_close()
        assert text_of(await again.rest()) == words(2)
    assert [session_id for session_id, _ in replica.opened].count(lane) == 1


async def test_an_end_that_was_lost_on_its_way_is_told_elsewhere() -> None:
    vault, replica = LocalVault(), FakeReplica()
    async with serving(replica, vault=vault) as one, serving(replica, vault=vault) as other:
        talk = await one.call().say(RESUMABLE, audio(1))
        first = await talk.until(SessionStarted)
        await talk.half_close()
        await talk.rest()
        again = await other.call().say(Resume(first.resume_token, 0))
        rest = await again.rest()
    assert text_of(rest) == words(1)
    assert isinstance(rest[-1], SessionEnded)


async def test_a_token_used_twice_ends_it_on_any_gateway() -> None:
    vault, replica = LocalVault(), FakeReplica()
    async with serving(replica, vault=vault) as one, serving(replica, vault=vault) as other:
        talk = await one.call().say(RESUMABLE, audio(1))
        first = await talk.until(SessionStarted)
        again = await other.call().say(Resume(first.resume_token, 0))
        await again.until(SessionStarted)
        await again.say(audio(2))
        await again.until(TargetText)
        await asyncio.sleep(0.1)
        thief = await (await one.call().say(Resume(first.resume_token, 0))).error()
        await again.say(audio(3))
        victim = await again.error()
    assert thief.reason is Reason.RESUME_EXPIRED
    assert victim.reason is Reason.SESSION_TAKEN_OVER


async def test_without_a_vault_that_answers_a_session_goes_on() -> None:
    vault, replica = LocalVault(), FakeReplica()
    async with serving(replica, vault=vault) as one:
        talk = await one.call().say(RESUMABLE, audio(1))
        await talk.until(TargetText)
        vault.dead = True
        await talk.say(audio(2))
        await talk.half_close()
        assert text_of(await talk.rest()) == " w1"


@pytest.mark.parametrize(
    "audio_format",
    [
        AudioFormat(Encoding.PCM16, 48_000),
        AudioFormat(Encoding.FLOAT32, 8_000),
        AudioFormat(Encoding.OGG_OPUS),
        AudioFormat(Encoding.FLAC),
    ],
    ids=str,
)
async def test_audio_in_a_filter_or_decoder_goes_on(audio_format: AudioFormat) -> None:
    vault, replica = LocalVault(), FakeReplica()
    config = replace(RESUMABLE, audio=audio_format)
    parts = parts_of(audio_format)
    async with serving(replica, vault=vault) as one, serving(replica, vault=vault) as other:
        talk = await one.call().say(config, *parts[:6])
        first = await talk.until(SessionStarted)
        bodies = [await talk.until(TargetText) for _ in range(2)]
        again = await other.call().say(Resume(first.resume_token, talk.sequences[-1]))
        started = await again.until(SessionStarted)
        await again.say(*parts[started.received.audio_sequence :])
        await again.half_close()
        rest = await again.rest()
    assert text_of([*bodies, *rest]) == words(20)
    assert isinstance(rest[-1], SessionEnded)
    assert rest[-1].totals.heard_ms == 2000


def parts_of(audio_format: AudioFormat) -> list[AudioMessage]:
    """Two seconds in ten messages."""
    rate_hz = audio_format.rate_hz if audio_format.encoding.is_raw else 16_000
    sound = np.random.default_rng(1).uniform(-0.1, 0.1, 2 * rate_hz).astype(np.float32)
    match audio_format.encoding:
        case Encoding.PCM16:
            data = (sound * 32767).astype("<i2").tobytes()
        case Encoding.FLOAT32:
            data = sound.astype("<f4").tobytes()
        case encoding:
            data = encoded(sound, rate_hz, encoding)
    size = -(-len(data) // 40) * 4
    cuts = range(0, len(data), size)
    return [AudioMessage(i, None, data[at : at + size]) for i, at in enumerate(cuts, 1)]


async def test_a_container_that_is_too_long_to_be_recorded_is_not_for_another_gateway() -> None:
    vault, replica = LocalVault(), FakeReplica()
    config = replace(RESUMABLE, audio=AudioFormat(Encoding.FLAC))
    async with serving(replica, vault=vault) as one, serving(replica, vault=vault) as other:
        talk = await one.call().say(config, *parts_of(config.audio)[:6])
        first = await talk.until(SessionStarted)
        await talk.until(TargetText)
        record = (await vault.claim("a third", first.resume_token)).record
        assert record
        record.past.add(Message(99, bytes(MAX_BYTES)))
        await vault.open("a third", record)
        again = await other.call().say(Resume(first.resume_token, 0))
        assert (await again.error()).reason is Reason.RESUME_EXPIRED


async def test_an_ended_session_leaves_no_record() -> None:
    vault, replica = LocalVault(), FakeReplica()
    config = replace(RESUMABLE, resume_window_s=0.2)
    async with serving(replica, vault=vault) as one:
        talk = await one.call().say(config, audio(1))
        await talk.half_close()
        await talk.rest()
        await eventually(lambda: len(vault.store) == 0)


async def test_a_real_session_goes_on_word_for_word() -> None:
    vault, replica = LocalVault(), HostReplica()
    loud = b"\x33\x73" * 1600
    try:
        async with serving(replica, vault=vault) as one, serving(replica, vault=vault) as other:
            whole = await one.call().say(RESUMABLE, *(audio(i, loud) for i in range(1, 61)))
            await whole.half_close()
            expected = text_of(await whole.rest())
            talk = await one.call().say(RESUMABLE, *(audio(i, loud) for i in range(1, 41)))
            first = await talk.until(SessionStarted)
            before = [await talk.until(TargetText) for _ in range(2)]
            received = talk.sequences[-1]
            again = await other.call().say(Resume(first.resume_token, received))
            started = await again.until(SessionStarted)
            begin = started.received.audio_sequence + 1
            await again.say(*(audio(i, loud) for i in range(begin, 61)))
            await again.half_close()
            rest = await again.rest()
    finally:
        replica.host.stop()
    assert text_of([*before, *rest]) == expected


async def test_a_vault_that_does_not_answer_at_once_costs_a_wait_not_the_session() -> None:
    vault, replica = LocalVault(), FakeReplica()
    async with serving(replica, vault=vault) as one, serving(replica, vault=vault) as other:
        talk = await one.call().say(RESUMABLE, audio(1))
        first = await talk.until(SessionStarted)
        await talk.until(TargetText)
        vault.dead = True
        refused = await (await other.call().say(Resume(first.resume_token, 0))).error()
        assert (refused.reason, bool(refused.retry_after_ms)) == (Reason.REPLICA_LOST, True)
        vault.dead = False
        again = await other.call().say(Resume(first.resume_token, 0), audio(2))
        await again.half_close()
        assert text_of(await again.rest()) == words(2)


async def test_what_a_vault_missed_while_it_was_gone_it_is_told_later() -> None:
    vault, replica = LocalVault(), FakeReplica()
    async with serving(replica, vault=vault) as one, serving(replica, vault=vault) as other:
        talk = await one.call().say(RESUMABLE, audio(1))
        first = await talk.until(SessionStarted)
        vault.dead = True
        await talk.say(audio(2), audio(3))
        bodies = [await talk.until(TargetText) for _ in range(3)]
        vault.dead = False
        await talk.say(audio(4))
        bodies.append(await talk.until(TargetText))
        again = await other.call().say(Resume(first.resume_token, talk.sequences[-1]), audio(5))
        await again.half_close()
        assert text_of([*bodies, *await again.rest()]) == words(5)


LOSSES = ["dead", "frozen", "restarted"]


@pytest.mark.parametrize("how", LOSSES)
@pytest.mark.parametrize("which", [0, 1])
async def test_one_of_two_copies_is_enough(which: int, how: str) -> None:
    copies, replica = [LocalVault(), LocalVault()], FakeReplica()
    vaults = [VaultCopies(copies, MonotonicClock()) for _ in range(2)]
    async with serving(replica, vault=vaults[0]) as one, serving(replica, vault=vaults[1]) as other:
        talk = await one.call().say(RESUMABLE, audio(1), audio(2))
        first = await talk.until(SessionStarted)
        bodies = [await talk.until(TargetText) for _ in range(2)]
        lose(copies[which], how)
        for chunk in range(3, 8):
            await talk.say(audio(chunk))
            bodies.append(await talk.until(TargetText))
        again = await other.call().say(Resume(first.resume_token, talk.sequences[-1]), audio(8))
        await again.half_close()
        assert text_of([*bodies, *await again.rest()]) == words(8)


@pytest.mark.parametrize("how", LOSSES)
async def test_a_copy_that_is_back_stands_in_for_the_other(how: str) -> None:
    copies, replica = [LocalVault(), LocalVault()], FakeReplica()
    clock = VirtualClock()
    vaults = [VaultCopies(copies, clock) for _ in range(2)]
    async with serving(replica, vault=vaults[0]) as one, serving(replica, vault=vaults[1]) as other:
        talk = await one.call().say(RESUMABLE, audio(1), audio(2))
        first = await talk.until(SessionStarted)
        bodies = [await talk.until(TargetText) for _ in range(2)]
        lose(copies[0], how)
        for chunk in (3, 4):
            await talk.say(audio(chunk))
            bodies.append(await talk.until(TargetText))
        copies[0].dead = copies[0].frozen = False
        clock.advance(RETRY_MS)
        for chunk in (5, 6, 7):
            await talk.say(audio(chunk))
            bodies.append(await talk.until(TargetText))
            await asyncio.sleep(0.05)
        copies[1].dead = True
        again = await other.call().say(Resume(first.resume_token, talk.sequences[-1]), audio(8))
        await again.half_close()
        assert text_of([*bodies, *await again.rest()]) == words(8)


def lose(copy: LocalVault, how: str) -> None:
    """What becomes of one of them."""
    copy.dead, copy.frozen = how == "dead", how == "frozen"
    if how == "restarted":
        copy.restart()


async def test_a_token_used_twice_ends_its_session_on_whichever_copy_knows() -> None:
    copies, replica = [LocalVault(), LocalVault()], FakeReplica()
    vaults = [VaultCopies(copies, MonotonicClock()) for _ in range(2)]
    async with serving(replica, vault=vaults[0]) as one, serving(replica, vault=vaults[1]) as other:
        talk = await one.call().say(RESUMABLE, audio(1))
        first = await talk.until(SessionStarted)
        again = await other.call().say(Resume(first.resume_token, 0))
        await again.until(SessionStarted)
        await again.say(audio(2))
        await again.until(TargetText)
        await asyncio.sleep(0.1)
        copies[0].restart()
        thief = await (await one.call().say(Resume(first.resume_token, 0))).error()
        await again.say(audio(3))
        victim = await again.error()
    assert thief.reason is Reason.RESUME_EXPIRED
    assert victim.reason is Reason.SESSION_TAKEN_OVER


@pytest.mark.parametrize("where", [[0, 0], [0, 1], [1, 1], [1, 0, 1]])
async def test_of_several_that_resume_at_once_one_has_the_session(where: list[int]) -> None:
    vault, replica = LocalVault(), FakeReplica()
    async with serving(replica, vault=vault) as one, serving(replica, vault=vault) as other:
        talk = await one.call().say(RESUMABLE, audio(1), audio(2))
        first = await talk.until(SessionStarted)
        bodies = [await talk.until(TargetText) for _ in range(2)]
        vault.late_s = 0.1
        resume = Resume(first.resume_token, talk.sequences[-1])
        talk.cancel()
        calls = [(one, other)[each].call() for each in where]
        await asyncio.gather(*(call.say(resume) for call in calls))
        await asyncio.gather(*(call.half_close() for call in calls))
        ends = await asyncio.gather(*(call.rest() for call in calls), return_exceptions=True)
        window_s = RESUMABLE.resume_window_s  # so long where it was and nobody asks for it again
        await eventually(lambda: not replica.lanes, timeout_s=2 * window_s)
    heard = [each for each in ends if isinstance(each, list)]
    lost = [each.reason for each in ends if isinstance(each, InterpError)]
    assert len(heard) == 1, ends
    assert set(lost) <= {Reason.SESSION_TAKEN_OVER, Reason.RESUME_EXPIRED}
    assert text_of(bodies) == words(2)
    assert isinstance(heard[0][-1], SessionEnded)


async def test_a_session_that_finds_no_lane_elsewhere_leaves_no_decoder_there() -> None:
    vault, full = LocalVault(), FakeReplica(lanes=0)
    config = replace(RESUMABLE, audio=AudioFormat(Encoding.FLAC))
    async with serving(FakeReplica(), vault=vault) as one, serving(full, vault=vault) as other:
        talk = await one.call().say(config, *parts_of(config.audio)[:6])
        first = await talk.until(SessionStarted)
        await talk.until(TargetText)
        talk.cancel()
        before = decoders()
        for _ in range(3):
            refused = await (await other.call().say(Resume(first.resume_token, 0))).error()
            assert refused.reason is Reason.NO_LANE
        await eventually(lambda: decoders() <= before)


def decoders() -> set[int]:
    """Processes of this one that decode, and what forks them."""
    return {pid for pid in family(os.getpid()) if "nursery" in command_of(pid)}
