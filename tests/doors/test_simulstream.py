"""What simulstream's client sends, frame by frame; its own program runs in tests/peers."""

import json

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError

from tests.fakes.replica import FakeReplica
from tests.monitor.web import paged
from tests.serve.gateway import CHUNK, serving, words


async def converse(url: str, metadata: dict[str, object], chunks: int) -> list[dict[str, object]]:
    said: list[dict[str, object]] = []
    async with connect(url) as socket:
        await socket.send(json.dumps(metadata))
        for _ in range(chunks):
            await socket.send(CHUNK)
        await socket.send(json.dumps({"end_of_stream": True}))
        while not said or "end_of_processing" not in said[-1]:
            said.append(json.loads(await socket.recv()))
    return said


async def test_a_recording_is_written_word_by_word_and_ended() -> None:
    async with serving(FakeReplica()) as gateway, paged(gateway) as page:
        url = f"ws://127.0.0.1:{page.port}/simulstream"
        metadata = {"sample_rate": 16_000, "source_lang": "fr", "target_lang": "en"}
        said = await converse(url, metadata | {"metrics_metadata": {"wav_name": "x"}}, 10)
    assert said[-1] == {"end_of_processing": True}
    assert "".join(str(each["new"]) for each in said[:-1]) == words(10)
    assert {each["deleted"] for each in said[:-1]} == {""}


async def test_languages_that_are_not_served_close_the_socket_with_the_reason() -> None:
    async with serving(FakeReplica()) as gateway, paged(gateway) as page:
        url = f"ws://127.0.0.1:{page.port}/simulstream"
        metadata = {"sample_rate": 16_000, "source_lang": "xx", "target_lang": "yy"}
        with pytest.raises(ConnectionClosedError) as closed:
            await converse(url, metadata, 1)
    assert closed.value.rcvd
    assert closed.value.rcvd.code == 1008
    assert closed.value.rcvd.reason


async def test_an_empty_recording_is_ended_without_words() -> None:
    async with serving(FakeReplica()) as gateway, paged(gateway) as page:
        said = await converse(f"ws://127.0.0.1:{page.port}/simulstream", {"source_lang": "fr"}, 0)
    assert said == [{"end_of_processing": True}]


@pytest.mark.parametrize("frame", ["[]", "x", "[" * 60_000, '{"sample_rate": "a"}'])
async def test_metadata_that_is_none_closes_the_socket_with_the_reason(frame: str) -> None:
    async with (
        serving(FakeReplica()) as gateway,
        paged(gateway) as page,
        connect(f"ws://127.0.0.1:{page.port}/simulstream") as socket,
    ):
        await socket.send(frame)
        with pytest.raises(ConnectionClosedError) as closed:
            await socket.recv()
    assert closed.value.rcvd
    assert closed.value.rcvd.code == 1008
    assert "JSON" in closed.value.rcvd.reason or "number" in closed.value.rcvd.reason
