"""The client library against a real server, over connections that break."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import numpy as np
import pytest

from interp.client.client import Fed, Patience, RtpPacket, connect, paced
from interp.core.errors import AtCapacity, InterpError, Reason
from interp.core.events import (
    Marker,
    MarkerReached,
    SessionEnded,
    TargetText,
    Warned,
    WarningCode,
)
from interp.intake.format import AudioFormat, Encoding, IntakeLimits
from interp.serve.auth import Tenant, digest_of
from interp.wire.messages import Body, Control, SessionStarted
from tests.fakes.packets import opus_packets, stamped
from tests.fakes.replica import FakeReplica
from tests.fakes.vault import LocalVault
from tests.serve.front import Front
from tests.serve.gateway import (
    CHUNK,
    CONFIG,
    RESUMABLE,
    eventually,
    serving,
    settings,
    text_of,
    words,
)


async def chunks(count: int, every_s: float = 0.0) -> AsyncIterator[bytes]:
    for _ in range(count):
        await asyncio.sleep(every_s)
        yield CHUNK


async def test_a_feed_comes_back_as_events() -> None:
    async with serving(FakeReplica()) as gateway, connect(gateway.address) as client:
        bodies = [body async for body in client.interpret(CONFIG, chunks(5))]
    assert isinstance(bodies[0], SessionStarted)
    assert text_of(bodies) == words(5)
    assert isinstance(bodies[-1], SessionEnded)


async def test_a_server_on_this_machine_is_reached_whatever_proxy_the_shell_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    patience = Patience(answer_s=5.0)
    async with (
        serving(FakeReplica()) as gateway,
        connect(gateway.address, patience=patience) as client,
    ):
        assert [body async for body in client.interpret(CONFIG, chunks(1))]


async def test_packets_of_rtp_are_heard_though_some_are_lost_and_some_overtaken() -> None:
    sent = stamped(opus_packets([np.zeros(48_000, np.float32)]))
    sent[7], sent[8] = sent[8], sent[7]

    async def feed() -> AsyncIterator[Fed]:
        for stamp, payload in [*sent[:20], *sent[25:]]:
            yield RtpPacket(stamp, payload)

    packets = replace(RESUMABLE, audio=AudioFormat(Encoding.OPUS_PACKETS))
    async with serving(FakeReplica()) as gateway, connect(gateway.address) as client:
        bodies = [body async for body in client.interpret(packets, feed())]
    assert text_of(bodies) == words(10), "a word for each 100 ms"
    assert Warned(WarningCode.GAP_FILLED, 100) in bodies


async def test_controls_in_the_feed_keep_their_place() -> None:
    async def feed() -> AsyncIterator[bytes | Control]:
        yield CHUNK
        yield Marker("after one")
        yield CHUNK

    async with serving(FakeReplica()) as gateway, connect(gateway.address) as client:
        bodies = [body async for body in client.interpret(CONFIG, feed())]
    assert MarkerReached("after one", 100) in bodies


async def test_the_key_is_sent() -> None:
    config = settings(tenants=(Tenant("one", digest_of("k1")),))
    async with serving(FakeReplica(), config=config) as gateway:
        async with connect(gateway.address, key="k1") as client:
            bodies = [body async for body in client.interpret(CONFIG, chunks(1))]
        async with connect(gateway.address, key="k2") as client:
            with pytest.raises(InterpError) as caught:
                [body async for body in client.interpret(CONFIG, chunks(1))]
    assert text_of(bodies) == words(1)
    assert caught.value.reason is Reason.KEY_INVALID


async def test_errors_come_as_the_server_raised_them_even_amid_writes() -> None:
    config = settings(intake=IntakeLimits(max_ahead_ms=500))
    reasons = set()
    async with (
        serving(FakeReplica(), config=config) as gateway,
        connect(gateway.address) as client,
    ):
        for _ in range(20):
            with pytest.raises(InterpError) as caught:
                [body async for body in client.interpret(RESUMABLE, chunks(40))]
            reasons.add(caught.value.reason)
    assert reasons == {Reason.TOO_FAR_AHEAD}


async def test_a_feed_that_fails_ends_the_session_with_its_error() -> None:
    async def feed() -> AsyncIterator[bytes]:
        yield CHUNK
        await asyncio.sleep(0.05)
        raise FileNotFoundError("the source went away")

    replica = FakeReplica()
    async with serving(replica) as gateway, connect(gateway.address) as client:
        with pytest.raises(FileNotFoundError):
            [body async for body in client.interpret(CONFIG, feed())]


async def test_no_server_is_unavailable() -> None:
    async with connect("127.0.0.1:1") as client:
        with pytest.raises(InterpError) as caught:
            [body async for body in client.interpret(CONFIG, chunks(1))]
    assert caught.value.reason is Reason.REPLICA_LOST


async def test_a_session_waits_for_a_lane_as_long_as_it_is_told_to_try_again() -> None:
    replica = FakeReplica(lanes=1)
    async with serving(replica) as gateway:
        first = await gateway.call().say(CONFIG)
        await first.until(SessionStarted)
        asked: list[float] = []

        async def feed() -> AsyncIterator[bytes]:
            asked.append(asyncio.get_running_loop().time())
            yield CHUNK

        async with connect(gateway.address, patience=Patience(room_s=5)) as client:
            waiting = asyncio.create_task(_all(client.interpret(CONFIG, feed())))
            await asyncio.sleep(0.3)
            assert not asked, "no audio is asked for before there is a session"
            await first.half_close()
            assert text_of(await waiting) == words(1)
        await eventually(lambda: not replica.lanes)
        other = await gateway.call().say(CONFIG)
        await other.until(SessionStarted)
        async with connect(gateway.address) as client:
            with pytest.raises(AtCapacity):
                await _all(client.interpret(CONFIG, chunks(1)))


async def test_a_server_that_takes_the_call_and_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        address = f"127.0.0.1:{mute.getsockname()[1]}"
        async with connect(address, patience=Patience(answer_s=0.3)) as client:
            with pytest.raises(InterpError, match="no server answers"):
                await _all(client.interpret(CONFIG, chunks(1)))


async def _all(bodies: AsyncIterator[Body]) -> list[Body]:
    return [body async for body in bodies]


class Line:
    """A TCP line to a server that can be cut."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._wires: set[asyncio.StreamWriter] = set()
        self.joined = 0
        self.port = 0

    async def join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry bytes both ways."""
        self.joined += 1
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        self._wires |= {writer, far_writer}
        async with asyncio.TaskGroup() as both:
            both.create_task(_carry(reader, far_writer))
            both.create_task(_carry(far_reader, writer))

    def cut(self) -> None:
        """Break all connections without a word."""
        for wire in self._wires:
            wire.transport.abort()
        self._wires.clear()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        return
    finally:
        writer.close()


@asynccontextmanager
async def line_to(port: int) -> AsyncIterator[Line]:
    line = Line(port)
    server = await asyncio.start_server(line.join, "127.0.0.1", 0)
    line.port = server.sockets[0].getsockname()[1]
    yield line
    line.cut()
    server.close()
    await server.wait_closed()


async def test_a_cut_line_costs_no_word_when_the_session_can_be_resumed() -> None:
    replica = FakeReplica()
    async with serving(replica) as gateway, line_to(gateway.server.port) as line:
        bodies: list[Body] = []
        async with connect(f"127.0.0.1:{line.port}") as client:
            async for body in client.interpret(RESUMABLE, chunks(30, 0.02)):
                bodies.append(body)
                written = sum(isinstance(each, TargetText) for each in bodies)
                if isinstance(body, TargetText) and written in (5, 15, 16):
                    line.cut()
        assert line.joined >= 3
    started = [body for body in bodies if isinstance(body, SessionStarted)]
    assert text_of(bodies) == words(30)
    assert isinstance(bodies[-1], SessionEnded)
    assert bodies[-1].totals.heard_ms == 3000
    assert [each.resumed for each in started] == [False] + [True] * (len(started) - 1)


async def test_a_server_that_drains_hands_the_session_to_another() -> None:
    vault, replica = LocalVault(), FakeReplica()
    async with (
        serving(replica, vault=vault) as one,
        serving(replica, vault=vault) as other,
        Front([one.server.port, other.server.port]) as front,
        connect(f"127.0.0.1:{front.port}") as client,
    ):
        bodies: list[Body] = []
        async for body in client.interpret(RESUMABLE, chunks(30, 0.02)):
            bodies.append(body)
            if isinstance(body, TargetText) and body.words[-1:] and not one.stop.is_set():
                front.turn()
                one.stop.set()
    assert text_of(bodies) == words(30)
    assert isinstance(bodies[-1], SessionEnded)
    assert sum(isinstance(body, SessionStarted) for body in bodies) == 2


async def test_a_session_that_cannot_be_resumed_is_told_why_it_ended() -> None:
    async with (
        serving(FakeReplica()) as gateway,
        connect(gateway.address) as client,
    ):
        events = client.interpret(CONFIG, chunks(100, 0.02))
        while not isinstance(await anext(events), TargetText):
            pass
        gateway.stop.set()
        with pytest.raises(InterpError) as caught:
            [body async for body in events]
    assert caught.value.reason is Reason.DRAINING


async def test_a_cut_line_is_an_error_when_it_cannot() -> None:
    async with (
        serving(FakeReplica()) as gateway,
        line_to(gateway.server.port) as line,
        connect(f"127.0.0.1:{line.port}") as client,
    ):
        events = client.interpret(CONFIG, chunks(30, 0.02))
        while not isinstance(await anext(events), TargetText):
            pass
        line.cut()
        with pytest.raises(InterpError) as caught:
            [body async for body in events]
    assert caught.value.reason is Reason.REPLICA_LOST


async def test_leaving_early_frees_the_lane() -> None:
    replica = FakeReplica()
    async with serving(replica) as gateway, connect(gateway.address) as client:
        events = client.interpret(CONFIG, chunks(100, 0.02))
        async for body in events:
            if isinstance(body, TargetText):
                break
        await events.aclose()
        await eventually(lambda: not replica.lanes)


async def test_paced_chunks_come_when_they_have_been_spoken() -> None:
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    times = [loop.time() - began_s async for _ in paced([CHUNK] * 4, 50)]
    assert all(
        time_s >= due_s - 0.01 for time_s, due_s in zip(times, (0.05, 0.1, 0.15, 0.2), strict=True)
    )
    assert times[-1] < 0.5


async def test_unpaced_chunks_come_no_more_than_so_far_ahead_of_their_time() -> None:
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    times = [loop.time() - began_s async for _ in paced([CHUNK] * 5, 200, ahead_ms=800)]
    assert times[3] < 0.15
    assert times[4] >= 0.19
