"""A reader that does not read costs a bounded amount, and no one else anything."""

import asyncio
from contextlib import suppress

import grpc
import pytest

from interp.core.errors import Reason
from interp.core.events import SessionEnded, TargetSpeech, Warned, WarningCode
from interp.serve.outbox import OutboxSettings
from interp.wire.messages import AudioAck
from interp.wire.requests import request_to_proto
from tests.fakes.replica import FakeReplica
from tests.serve.gateway import (
    CONFIG,
    SPOKEN,
    Talk,
    audio,
    eventually,
    send,
    serving,
    settings,
    text_of,
    words,
)

CHUNKS = 120
MEGABYTE = 500_000
"""Samples of speech a word: what fills gRPC's own buffers soon."""


@pytest.fixture
def replica() -> FakeReplica:
    replica = FakeReplica()
    replica.speech_samples = MEGABYTE
    return replica


async def test_speech_is_dropped_and_told_of_while_text_is_kept(replica: FakeReplica) -> None:
    config = settings(outbox=OutboxSettings(max_bytes=3_000_000))
    async with serving(replica, config=config) as gateway:
        call = gateway.raw()
        await send(call, SPOKEN, *(audio(i) for i in range(1, 31)))
        await call.done_writing()
        await eventually(lambda: replica.lanes)
        (lane,) = replica.lanes.values()
        await eventually(lambda: lane.words == 30)
        bodies = await Talk(call).rest()
    speech = [body for body in bodies if isinstance(body, TargetSpeech)]
    dropped = [
        body.amount_ms
        for body in bodies
        if isinstance(body, Warned) and body.code is WarningCode.OUTPUT_DROPPED
    ]
    assert text_of(bodies) == words(30)
    assert isinstance(bodies[-1], SessionEnded)
    assert len(speech) < 30
    lost_ms = (30 - len(speech)) * (MEGABYTE * 1000 // 24_000)
    assert sum(dropped) == lost_ms


async def test_a_reader_that_text_alone_overwhelms_is_let_go(replica: FakeReplica) -> None:
    config = settings(outbox=OutboxSettings(max_bytes=1_100_000, max_items=20))
    async with serving(replica, config=config) as gateway:
        call = gateway.raw()
        steady = await gateway.call().say(CONFIG, audio(1))
        await call.write(request_to_proto(SPOKEN))
        await eventually(lambda: len(replica.lanes) == 2)
        for i in range(1, CHUNKS + 1):
            await call.write(request_to_proto(audio(i)))
            await asyncio.sleep(0.02)
            if len(replica.lanes) == 1:
                break
        talk = Talk(call)
        error = await talk.error()
        await steady.say(audio(2))
        await steady.half_close()
        rest = await steady.rest()
    assert error.reason is Reason.READER_TOO_SLOW
    assert await call.code() is grpc.StatusCode.OUT_OF_RANGE
    assert text_of(rest) == words(2)


async def test_acknowledgements_do_not_pile_up(replica: FakeReplica) -> None:
    async with serving(replica) as gateway:
        call = gateway.raw()
        await send(call, SPOKEN, *(audio(i) for i in range(1, 31)))
        await eventually(lambda: replica.lanes)
        (lane,) = replica.lanes.values()
        await eventually(lambda: lane.words == 30)
        await call.done_writing()
        bodies = await Talk(call).rest()
    acks = [body for body in bodies if isinstance(body, AudioAck)]
    assert acks[-1] == AudioAck(30, 3000)


async def test_a_client_that_takes_nothing_is_dropped_by_its_deadline(
    replica: FakeReplica,
) -> None:
    async with serving(replica, config=settings(read_s=0.4)) as gateway:
        call = gateway.raw(timeout_s=30)
        await send(call, SPOKEN, audio(1))
        await eventually(lambda: replica.lanes)
        for i in range(2, CHUNKS):
            with suppress(grpc.aio.AioRpcError, asyncio.InvalidStateError):
                await call.write(request_to_proto(audio(i)))
            await asyncio.sleep(0.05)
            if not replica.lanes:
                break
        assert not replica.lanes
        assert (await Talk(call).error()).reason is Reason.READER_TOO_SLOW


async def test_a_frozen_reader_does_not_keep_its_lane_for_ever(replica: FakeReplica) -> None:
    async with serving(replica, config=settings(max_duration_s=0.5)) as gateway:
        call = gateway.raw()
        await send(call, SPOKEN, *(audio(i) for i in range(1, 31)))
        await eventually(lambda: not replica.lanes)
        call.cancel()
