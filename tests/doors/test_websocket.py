"""A stock WebSocket client on a real port."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosedError
from websockets.typing import Subprotocol

from interp.core.events import SessionEnded, TargetSpeech, TargetText
from interp.intake.format import AudioFormat, Encoding
from interp.monitor.settings import PageKey
from interp.serve.auth import Tenant, digest_of
from interp.wire.messages import Body, Resume, SessionStarted
from tests.fakes.json_client import has_sound, request_to_json, response_from_json
from tests.fakes.replica import FakeReplica
from tests.monitor.web import paged
from tests.serve.gateway import (
    CHUNK,
    CONFIG,
    RESUMABLE,
    SPOKEN,
    eventually,
    serving,
    settings,
    text_of,
    words,
)

END = '{"end": true}'


@asynccontextmanager
async def socket_of(*replicas: FakeReplica, **options: Any) -> AsyncIterator[ClientConnection]:
    async with (
        serving(*replicas) as gateway,
        paged(gateway) as page,
        connect(f"ws://127.0.0.1:{page.port}/v1/interpret", **options) as socket,
    ):
        yield socket


async def bodies(socket: ClientConnection) -> list[Body]:
    """Everything to the end; an error is an assertion."""
    told = []
    async for frame in socket:
        assert isinstance(frame, str)
        assert "error" not in frame, frame
        sound = await socket.recv() if has_sound(frame) else b""
        assert isinstance(sound, bytes)
        response = response_from_json(frame, sound)
        assert response
        told.append(response.body)
    return told


async def error(socket: ClientConnection) -> str:
    """The reason that the socket ends with."""
    last: str | bytes = ""
    with suppress(ConnectionClosedError):
        async for frame in socket:
            last = frame
    return str(json.loads(last)["error"]["reason"])


async def test_a_session_over_a_socket_says_what_one_over_grpc_says() -> None:
    async with socket_of(FakeReplica()) as socket:
        await socket.send(request_to_json(CONFIG))
        for _ in range(12):
            await socket.send(CHUNK)
        await socket.send(END)
        assert text_of(await bodies(socket)) == words(12)
        assert socket.close_code == 1000


async def test_speech_follows_its_message_as_bytes() -> None:
    async with socket_of(FakeReplica()) as socket:
        await socket.send(request_to_json(SPOKEN))
        await socket.send(CHUNK)
        await socket.send(END)
        (speech,) = [body for body in await bodies(socket) if isinstance(body, TargetSpeech)]
    assert speech.samples.size == 2048
    assert speech.samples[0] == 0.25


async def test_a_message_that_is_none_ends_the_session_with_its_reason() -> None:
    async with socket_of(FakeReplica()) as socket:
        await socket.send(request_to_json(CONFIG))
        await socket.send('{"dance": 1}')
        assert await error(socket) == "MALFORMED_MESSAGE"
        assert socket.close_code == 4000


async def test_audio_before_the_config_is_refused() -> None:
    async with socket_of(FakeReplica()) as socket:
        await socket.send(CHUNK)
        assert await error(socket) == "AUDIO_BEFORE_CONFIG"


async def test_a_socket_that_is_gone_ends_its_session() -> None:
    replica = FakeReplica()
    async with serving(replica) as gateway, paged(gateway) as page:
        async with connect(f"ws://127.0.0.1:{page.port}/v1/interpret") as socket:
            await socket.send(request_to_json(CONFIG))
            await socket.recv()
            assert len(gateway.server.sessions) == 1
        await eventually(lambda: not len(gateway.server.sessions))
        await eventually(lambda: replica.closed)


async def test_a_session_is_resumed_on_another_socket() -> None:
    async with serving(FakeReplica()) as gateway, paged(gateway) as page:
        url = f"ws://127.0.0.1:{page.port}/v1/interpret"
        async with connect(url) as socket:
            await socket.send(request_to_json(RESUMABLE))
            first = response_from_json(str(await socket.recv()))
            assert first
            assert isinstance(first.body, SessionStarted)
            await socket.send(CHUNK)
            text, heard = "", 0
            while not text:
                told = response_from_json(str(await socket.recv()))
                assert told
                heard = told.sequence
                if isinstance(told.body, TargetText):
                    text = text_of([told.body])
        async with connect(url) as socket:
            await socket.send(request_to_json(Resume(first.body.resume_token, heard)))
            await socket.send(CHUNK)
            await socket.send(END)
            text += text_of(await bodies(socket))
    assert text == words(2)


async def test_a_key_comes_as_header_or_subprotocol() -> None:
    tenant = Tenant("platform", digest_of("secret"))
    config = settings(tenants=(tenant,))
    async with serving(FakeReplica(), config=config) as gateway:
        keys = (PageKey("Ines", digest_of("i")),)
        async with paged(gateway, keys=keys) as page:
            url = f"ws://127.0.0.1:{page.port}/v1/interpret"
            header = {"authorization": "Bearer secret"}
            for options in (
                {"additional_headers": header},
                {"subprotocols": ["interp.v1", "bearer.secret"]},
            ):
                async with connect(url, **options) as socket:
                    await socket.send(request_to_json(CONFIG))
                    await socket.send(END)
                    assert await bodies(socket)
            async with connect(url) as socket:
                assert await error(socket) == "KEY_MISSING"
            async with connect(url, subprotocols=[Subprotocol("bearer.wrong")]) as socket:
                await socket.send(request_to_json(CONFIG))
                assert await error(socket) == "KEY_INVALID"


async def test_one_sockets_error_leaves_the_others_alone() -> None:
    async with serving(FakeReplica()) as gateway, paged(gateway) as page:
        url = f"ws://127.0.0.1:{page.port}/v1/interpret"
        async with connect(url) as good, connect(url) as bad:
            await good.send(request_to_json(CONFIG))
            await good.send(CHUNK)
            wrong = replace(CONFIG, session=replace(CONFIG.session, policy="nonsense"))
            await bad.send(request_to_json(wrong))
            assert await error(bad) == "POLICY_UNKNOWN"
            await asyncio.sleep(0)
            await good.send(CHUNK)
            await good.send(END)
            assert text_of(await bodies(good)) == words(2)


FORMAT = '{"config": {"sourceLanguageCode": "fr", "targetLanguageCode": "en", "audioFormat": %s}}'


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        ("", "is a JSON object"),
        ("5", "is a JSON object"),
        ("[]", "is a JSON object"),
        ('{"a":' * 9000, "recursion"),
        ('{"confg": {}}', 'no field named "confg"'),
        (FORMAT % '{"sampleRateHertz": "fast"}', "sampleRateHertz"),
        (FORMAT % '{"sampleRateHertz": 1000000000000}', "sampleRateHertz"),
        (FORMAT % '{"encoding": "AUDIO_ENCODING_MULAW"}', "AUDIO_ENCODING_MULAW"),
        (FORMAT % '{"encoding": 1, "sampleRateHertz": 1000}', "8 to 48 kHz"),
        (FORMAT % '{"encoding": 1}', "8 to 48 kHz"),
        (
            FORMAT % '{"encoding": 1, "sampleRateHertz": 8000, "channelCount": 2, "channel": 7}',
            "no such channel",
        ),
        ('{"audio": {"content": "@@@@"}}', "audio.content is base64"),
        ('{"audio": {"content": 5}}', "content"),
        ('{"audio": {"offset": NaN}}', "offset"),
    ],
)
async def test_a_wrong_message_is_told_what_is_wrong_in_one_line(frame: str, said: str) -> None:
    async with socket_of(FakeReplica()) as socket:
        await socket.send(frame)
        told = json.loads(await socket.recv())["error"]
    assert said in told["message"]
    assert "\n" not in told["message"]
    assert len(told["message"]) < 300


async def test_whole_samples_of_two_channels_at_48_khz_are_heard() -> None:
    audio = AudioFormat(Encoding.PCM16, 48_000, channels=2, channel=1)
    async with socket_of(FakeReplica()) as socket:
        await socket.send(request_to_json(replace(CONFIG, audio=audio)))
        for _ in range(10):
            await socket.send(bytes(4800 * 2 * 2))
        await socket.send(END)
        ended = (await bodies(socket))[-1]
    assert isinstance(ended, SessionEnded)
    assert ended.totals.heard_ms == 1000
