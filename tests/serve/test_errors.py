"""Every reason a client can meet, end to end on a real port: code, ErrorInfo and RetryInfo."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from interp.client.slides import slide_messages
from interp.core.errors import EngineFailed, InterpError, Reason
from interp.core.events import Audio, Expect, Input, SetGlossary, SetPolicy, TargetText
from interp.core.glossary import Glossary, Term
from interp.intake.format import IntakeLimits
from interp.policies import registry
from interp.serve.auth import Tenant, digest_of
from interp.serve.config import ServerConfig, ServerSettings
from interp.slides.deck import MOST_BYTES
from interp.v1 import interpretation_service_pb2 as pb
from interp.v1 import session_pb2
from interp.wire.messages import AudioMessage, Resume, SessionStarted, SilenceMessage, StreamConfig
from interp.wire.status import STATUS_OF
from tests.fakes.replica import FakeReplica
from tests.serve.gateway import (
    CHUNK,
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

METHOD = "/interp.v1.InterpretationService/Interpret"
Story = Callable[[Gateway, FakeReplica], Awaitable[Talk]]


@dataclass(frozen=True)
class Case:
    """A story that ends in an error. retry: whether RetryInfo comes with it."""

    reason: Reason
    code: grpc.StatusCode
    story: Story
    config: ServerConfig = field(default_factory=settings)
    retry: bool = False


def session(**changes: Any) -> StreamConfig:
    return replace(CONFIG, session=replace(CONFIG.session, **changes))


async def says(gateway: Gateway, *requests: object, key: str = "") -> Talk:
    talk = gateway.call(key=key)
    return await talk.say(*requests)  # type: ignore[arg-type]


async def sends(gateway: Gateway, message: pb.InterpretRequest) -> Talk:
    talk = gateway.call()
    await talk.call.write(message)
    return talk


async def says_nothing(gateway: Gateway, _: FakeReplica) -> Talk:
    return await gateway.call().half_close()


async def sends_garbage(gateway: Gateway, _: FakeReplica) -> Talk:
    method: Any = gateway.channel.stream_stream(
        METHOD, response_deserializer=pb.InterpretResponse.FromString
    )
    call = method(timeout=10)
    await call.write(b"\xff\xff\xff")
    return Talk(call)


async def sends_nothing_for_ever(gateway: Gateway, _: FakeReplica) -> Talk:
    talk = await says(gateway, CONFIG, audio(1))
    for _each in range(60):
        await talk.say(AudioMessage(0, None, b""), SilenceMessage(0, 0))
        await asyncio.sleep(0.01)
    return talk


async def takes_the_last_lane(gateway: Gateway, _: FakeReplica) -> Talk:
    for _lane in range(2):
        await (await says(gateway, CONFIG)).until(SessionStarted)
    return await says(gateway, CONFIG)


async def uses_up_a_quota(gateway: Gateway, _: FakeReplica) -> Talk:
    await (await says(gateway, CONFIG, key="k1")).until(SessionStarted)
    return await says(gateway, CONFIG, key="k1")


async def stays_while_the_server_goes(gateway: Gateway, _: FakeReplica) -> Talk:
    talk = await says(gateway, CONFIG)
    await talk.until(SessionStarted)
    gateway.stop.set()
    return talk


async def loses_the_only_replica(gateway: Gateway, replica: FakeReplica) -> Talk:
    talk = await says(gateway, CONFIG, audio(1))
    await talk.until(TargetText)
    replica.dead = True
    return talk


async def is_taken_over(gateway: Gateway, _: FakeReplica) -> Talk:
    talk = await says(gateway, RESUMABLE)
    started = await talk.until(SessionStarted)
    other = await says(gateway, Resume(started.resume_token, 0))
    await other.until(SessionStarted)
    return talk


async def breaks_the_engine(gateway: Gateway, replica: FakeReplica) -> Talk:
    replica.crash_on = lambda _: EngineFailed(Reason.ENGINE_FAILED, "unexpected")
    return await says(gateway, CONFIG, audio(1))


def with_request(*requests: object, key: str = "") -> Story:
    async def story(gateway: Gateway, _: FakeReplica) -> Talk:
        return await says(gateway, *requests, key=key)

    return story


def with_config(config: session_pb2.SessionConfig) -> Story:
    async def story(gateway: Gateway, _: FakeReplica) -> Talk:
        return await sends(gateway, pb.InterpretRequest(config=config))

    return story


TENANTS = (Tenant("one", digest_of("k1"), sessions=1, pairs=("fr-en",)),)
GUARDED = settings(tenants=TENANTS)
TWICE = Glossary((Term("host", "anfitrião"), Term("Host", "hóspede")))
PCM = session_pb2.AudioFormat(
    encoding=session_pb2.AUDIO_ENCODING_PCM_S16LE, sample_rate_hertz=16_000
)
C = grpc.StatusCode
INVALID, MISSING, ORDER = C.INVALID_ARGUMENT, C.NOT_FOUND, C.FAILED_PRECONDITION
CASES = [
    Case(Reason.CONFIG_MISSING, INVALID, says_nothing),
    Case(
        Reason.BAD_CONFIG,
        INVALID,
        with_config(session_pb2.SessionConfig(audio_format=PCM, outputs=[99])),  # type: ignore[list-item]
    ),
    Case(
        Reason.BAD_ENCODING,
        INVALID,
        with_config(
            session_pb2.SessionConfig(source_language_code="fr", target_language_code="en")
        ),
    ),
    Case(Reason.BAD_ENCODING, INVALID, with_request(CONFIG, audio(1, CHUNK[:-1]))),
    Case(Reason.BAD_LANGUAGE, INVALID, with_request(session(source="?"))),
    Case(Reason.BAD_POLICY, INVALID, with_request(session(policy="waitk:k=many"))),
    Case(Reason.BAD_POLICY, INVALID, with_request(CONFIG, SetPolicy("waitk:speed=1"))),
    Case(Reason.BAD_GLOSSARY, INVALID, with_request(session(glossary=TWICE))),
    Case(Reason.BAD_GLOSSARY, INVALID, with_request(CONFIG, SetGlossary(TWICE))),
    Case(Reason.BAD_GLOSSARY, INVALID, with_request(CONFIG, Expect(("word",) * 61))),
    Case(Reason.BAD_SLIDE, INVALID, with_request(CONFIG, *slide_messages(bytes(MOST_BYTES + 1)))),
    Case(Reason.MALFORMED_MESSAGE, INVALID, sends_garbage),
    Case(Reason.MALFORMED_MESSAGE, INVALID, lambda g, _: sends(g, pb.InterpretRequest())),
    Case(Reason.PAIR_NOT_SERVED, MISSING, with_request(session(target="de"))),
    Case(Reason.VOICE_NOT_SERVED, MISSING, with_request(session(voice="nobody"))),
    Case(Reason.POLICY_UNKNOWN, MISSING, with_request(session(policy="guess"))),
    Case(Reason.AUDIO_BEFORE_CONFIG, ORDER, with_request(audio(1))),
    Case(Reason.CONFIG_TWICE, ORDER, with_request(CONFIG, CONFIG)),
    Case(Reason.RESUME_EXPIRED, ORDER, with_request(Resume("never-given", 3))),
    Case(Reason.IDLE_TIMEOUT, C.OUT_OF_RANGE, with_request(CONFIG, audio(1)), settings(idle_s=0.1)),
    Case(Reason.IDLE_TIMEOUT, C.OUT_OF_RANGE, sends_nothing_for_ever, settings(idle_s=0.3)),
    Case(Reason.BAD_LANGUAGE, C.INVALID_ARGUMENT, with_request(session(source="fr-" + "x" * 9999))),
    Case(Reason.BAD_CONFIG, C.INVALID_ARGUMENT, with_request(session(voice="v" * 9999))),
    Case(
        Reason.TOO_FAR_AHEAD,
        C.OUT_OF_RANGE,
        with_request(CONFIG, *(audio(i) for i in range(1, 20))),
        settings(intake=IntakeLimits(max_ahead_ms=500)),
    ),
    Case(
        Reason.TOO_FAR_AHEAD,
        C.OUT_OF_RANGE,
        with_request(CONFIG, SilenceMessage(1, 3_600_000)),
        settings(intake=IntakeLimits(max_ahead_ms=500)),
    ),
    Case(
        Reason.MAX_DURATION,
        C.OUT_OF_RANGE,
        with_request(CONFIG, audio(1)),
        settings(max_duration_s=0.1),
    ),
    Case(Reason.KEY_MISSING, C.UNAUTHENTICATED, with_request(CONFIG), GUARDED),
    Case(Reason.KEY_INVALID, C.UNAUTHENTICATED, with_request(CONFIG, key="k2"), GUARDED),
    Case(
        Reason.TENANT_FORBIDDEN,
        C.PERMISSION_DENIED,
        with_request(session(target="fr"), key="k1"),
        GUARDED,
    ),
    Case(Reason.NO_LANE, C.RESOURCE_EXHAUSTED, takes_the_last_lane, retry=True),
    Case(Reason.QUOTA, C.RESOURCE_EXHAUSTED, uses_up_a_quota, GUARDED, retry=True),
    Case(
        Reason.MESSAGE_TOO_LARGE,
        C.RESOURCE_EXHAUSTED,
        with_request(CONFIG, audio(1, CHUNK * 2)),
        settings(server=ServerSettings(address="127.0.0.1:0", max_message_bytes=4_000)),
    ),
    Case(Reason.DRAINING, C.UNAVAILABLE, stays_while_the_server_goes, retry=True),
    Case(Reason.REPLICA_LOST, C.UNAVAILABLE, loses_the_only_replica, retry=True),
    Case(Reason.SESSION_TAKEN_OVER, C.ABORTED, is_taken_over),
    Case(Reason.ENGINE_FAILED, C.INTERNAL, breaks_the_engine),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.reason.value)
async def test_every_error_has_its_status(case: Case) -> None:
    replica = FakeReplica(lanes=2)
    async with serving(replica, config=case.config) as gateway:
        talk = await case.story(gateway, replica)
        await talk.error()
        status = rpc_status.from_call(await talk.ending.error())
    info, retry = error_details_pb2.ErrorInfo(), error_details_pb2.RetryInfo()
    assert status.details[0].Unpack(info)
    assert (info.reason, info.domain) == (case.reason.value, "interp")
    assert status.code == case.code.value[0]
    assert status.message
    retried = [detail for detail in status.details[1:] if detail.Unpack(retry)]
    assert bool(retried) is case.retry
    assert not retried or retry.retry_delay.ToMilliseconds() > 0


def test_the_table_of_stories_covers_every_reason_and_every_status() -> None:
    # A reader that does not read takes megabytes: its story is in test_slow_reader.py. The last is
    # said by the page alone: tests/monitor.
    elsewhere = {Reason.READER_TOO_SLOW, Reason.SESSION_UNKNOWN}
    assert {case.reason for case in CASES} == set(Reason) - elsewhere
    assert {case.code for case in CASES} == set(STATUS_OF.values())


async def test_one_clients_errors_leave_the_others_alone() -> None:
    replica = FakeReplica(lanes=8)

    def crash(item: Input) -> InterpError | None:
        loud = isinstance(item, Audio) and item.samples.max() > 0.5
        return EngineFailed(Reason.ENGINE_FAILED, "unexpected") if loud else None

    replica.crash_on = crash
    loud = b"\0\x7f" * 1600
    async with serving(replica) as gateway:
        steady = await gateway.call().say(CONFIG, audio(1))
        await steady.until(TargetText)
        odd = await says(gateway, CONFIG, audio(1, CHUNK[:-1]))
        garbage = await sends_garbage(gateway, replica)
        crashing = await says(gateway, CONFIG, audio(1, loud))
        reasons = [(await each.error()).reason for each in (odd, garbage, crashing)]
        await eventually(lambda: len(replica.lanes) == 1)
        await steady.say(audio(2), audio(3))
        await steady.half_close()
        rest = await steady.rest()
    assert reasons == [Reason.BAD_ENCODING, Reason.MALFORMED_MESSAGE, Reason.ENGINE_FAILED]
    assert text_of(rest) == words(3, first=1)


async def test_what_was_written_before_an_error_is_still_sent() -> None:
    async with serving(FakeReplica(), config=settings(max_duration_s=0.3)) as gateway:
        talk = await says(gateway, CONFIG, audio(1), audio(2))
        told = [await talk.until(TargetText) for _ in range(2)]
        error = await talk.error()
    assert error.reason is Reason.MAX_DURATION
    assert text_of(told) == words(2)


@dataclass(frozen=True)
class Fused:
    """A user's policy with a fault."""

    unit_ms: int = 500
    fuse: int = 0

    def __post_init__(self) -> None:
        if self.fuse:
            raise ZeroDivisionError("secret words")


async def test_unknown_faults_come_as_fixed_text() -> None:
    registry.policy("fused")(Fused)
    async with serving(FakeReplica()) as gateway:
        talk = await says(gateway, session(policy="fused:fuse=1"))
        error = await talk.error()
        code = await talk.call.code()
    assert code is grpc.StatusCode.INTERNAL
    assert (error.reason, error.message) == (Reason.ENGINE_FAILED, "internal error")


async def test_a_fault_of_a_replica_is_not_told_in_its_own_words() -> None:
    class Faulty(FakeReplica):
        async def open(self, *_: object) -> None:
            raise ZeroDivisionError("secret words")

    async with serving(Faulty()) as gateway:
        error = await (await says(gateway, CONFIG)).error()
    assert error.reason is Reason.REPLICA_LOST
    assert "secret" not in error.message


async def test_a_message_that_grpc_itself_refuses_ends_that_call_alone() -> None:
    config = settings(server=ServerSettings(address="127.0.0.1:0", max_message_bytes=4_000))
    replica = FakeReplica()
    async with serving(replica, config=config) as gateway:
        talk = await says(gateway, CONFIG, audio(1))
        await talk.until(TargetText)
        (lane,) = replica.lanes.values()
        await talk.say(audio(2, CHUNK * 10))
        error = await talk.error()
        await eventually(lambda: not replica.lanes)
        other = await says(gateway, CONFIG)
        await other.until(SessionStarted)
        other.cancel()
    assert error.reason is Reason.MESSAGE_TOO_LARGE
    assert len(lane.inputs) == 1, "the session was not finished for the speaker"


async def test_a_deadline_ends_the_call_and_frees_the_lane() -> None:
    replica = FakeReplica()
    async with serving(replica) as gateway:
        talk = gateway.call(timeout_s=0.3)
        await talk.say(CONFIG, audio(1))
        await talk.error()
        await eventually(lambda: not replica.lanes)
        assert await talk.call.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    await asyncio.sleep(0)
