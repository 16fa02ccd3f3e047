"""The monitor client on a real gateway, through a line that can be cut."""

import asyncio

import pytest

from interp.client.monitor import monitor
from interp.core.errors import NotServed, Unauthenticated
from interp.monitor.desk import Desk
from interp.monitor.settings import PageKey, PageSettings
from interp.serve.auth import digest_of
from interp.wire.monitoring import SteerSessionRequest
from tests.fakes.replica import FakeReplica
from tests.serve.front import Front
from tests.serve.gateway import CONFIG, audio, eventually, serving, words

KEYS = (PageKey("Ines", digest_of("i"), "interpreter"),)


async def test_a_session_is_followed_over_cut_lines_and_steered() -> None:
    desk = Desk(PageSettings(address="127.0.0.1:0", keys=KEYS), address="127.0.0.1:0")
    async with (
        serving(FakeReplica(), doors=[desk.door]) as gateway,
        desk.open(),
        Front([gateway.server.port]) as front,
        monitor(f"127.0.0.1:{front.port}", key="i") as people,
    ):
        talk = await gateway.call().say(CONFIG, audio(1))
        await asyncio.sleep(0.3)
        (row,) = await people.sessions()
        text: list[str] = []
        codes: list[str] = []

        async def follow() -> None:
            async for change in people.watch(row.name):
                if change.HasField("snapshot"):
                    lines = change.snapshot.lines
                    text[:] = [w.text for line in lines for w in line.targets[0].words]
                text.extend(word.text for word in change.target_text.words)
                if change.HasField("note"):
                    codes.append(change.note.code)

        async with asyncio.TaskGroup() as group, asyncio.timeout(15):
            group.create_task(follow())
            await eventually(lambda: text)
            for number in range(2, 12):
                await talk.say(audio(number))
                if number % 4 == 0:
                    front.cut()
                    await asyncio.sleep(0.7)
            await people.steer(SteerSessionRequest(name=row.name, ask_slower={}))
            await talk.half_close()
            await talk.rest()
        assert "".join(text) == words(11)
        assert codes == ["SLOW_DOWN"]


async def test_what_cannot_be_is_said_as_our_error() -> None:
    desk = Desk(PageSettings(address="127.0.0.1:0", keys=KEYS), address="127.0.0.1:0")
    async with serving(FakeReplica(), doors=[desk.door]) as gateway, desk.open():
        async with monitor(gateway.address) as nobody:
            with pytest.raises(Unauthenticated):
                await nobody.sessions()
        async with monitor(gateway.address, key="i") as people:
            with pytest.raises(NotServed):
                await anext(people.watch("sessions/none"))
            with pytest.raises(NotServed):
                await people.steer(SteerSessionRequest(name="sessions/none", ask_slower={}))
