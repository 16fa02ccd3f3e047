"""Two gateways that know of each other: the page of one shows and steers what the other has."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from websockets.asyncio.client import connect

from interp.core.clock import MonotonicClock, VirtualClock
from interp.core.events import MuteSpeech, TargetSpeech
from interp.monitor.desk import Desk
from interp.monitor.register import SILENT_MS, RegisterStore, Roll
from interp.monitor.settings import PageKey, PageSettings
from interp.serve.auth import digest_of
from tests.fakes.replica import FakeReplica
from tests.monitor.web import Page, changes, first_of, written
from tests.serve.front import Front
from tests.serve.gateway import CONFIG, SPOKEN, Gateway, audio, eventually, serving, words

CLOSED_PORT = 9
KEYS = (PageKey("Ines", digest_of("i"), "interpreter"), PageKey("Vera", digest_of("v"), "viewer"))


class OneRegister:
    """A register without a process of its own; it leads to a gateway by a line that can be cut."""

    def __init__(self) -> None:
        self.store = RegisterStore(MonotonicClock(), "the secret of all")
        self.lines: dict[str, Front] = {}

    async def beat(self, gateway: str, address: str) -> Roll:
        if gateway not in self.lines:
            line = self.lines[gateway] = Front([int(address.rpartition(":")[2])])
            await line.__aenter__()
        return self.store.beat(gateway, f"127.0.0.1:{self.lines[gateway].port}")

    async def leave(self, gateway: str) -> None:
        self.store.leave(gateway)
        if line := self.lines.pop(gateway, None):
            await line.__aexit__()


@dataclass(frozen=True)
class Two:
    first: Gateway
    second: Gateway
    pages: tuple[Page, Page]
    replica: FakeReplica
    register: OneRegister


@asynccontextmanager
async def two(*, keys: tuple[PageKey, ...] = ()) -> AsyncIterator[Two]:
    """The second gateway's sessions are on `replica`."""
    register, replica = OneRegister(), FakeReplica("r1")
    settings = PageSettings(address="127.0.0.1:0", keys=keys)
    desks = [Desk(settings, address="127.0.0.1:0", register=register) for _ in range(2)]
    async with (
        serving(FakeReplica(), doors=[desks[0].door]) as first,
        serving(replica, doors=[desks[1].door]) as second,
        desks[1].open() as there,
        desks[0].open() as here,
    ):
        yield Two(first, second, (Page(here), Page(there)), replica, register)


async def test_a_page_lists_watches_and_steers_what_another_gateway_has() -> None:
    async with two() as gateways:
        page, _ = gateways.pages
        talk = gateways.second.call()
        await talk.say(SPOKEN, audio(1), audio(2))
        (row,) = await page.sessions()
        assert row["replica"] == "r1"
        assert row["gateway"]
        path = f"/v1/sessions/{row['id']}"
        text: list[str] = []
        async with (
            page.stream(f"{path}:watch") as pieces,
            page.stream(f"{path}/sound/target") as sound,
            asyncio.timeout(5),
        ):
            told = changes(pieces)
            while len(text) < 5:
                _, change = await anext(told)
                text += written(change)
                if "snapshot" in change:
                    await talk.say(audio(3), audio(4), audio(5))
            assert (await anext(sound))[:2] == b"\0\x20"
        assert "".join(text) == words(5)
        assert (await page.steer(row["id"], muteSpeech={"muted": True})).status == 200
        (lane,) = gateways.replica.lanes.values()
        await eventually(lambda: MuteSpeech(True) in lane.inputs)
        assert (await page.steer(row["id"], handBack={})).status == 409, "with its own reason"
        srt = await page.ask(f"{path}/captions.srt")
        assert words(5).strip() in srt.body.decode()
        talk.cancel()


async def test_a_person_speaks_through_another_gateway() -> None:
    async with two(keys=KEYS) as gateways:
        page, _ = gateways.pages
        signed = await page.ask("/v1/me:signIn", {"key": "i"})
        cookie = signed.headers["set-cookie"].partition(";")[0]
        talk = gateways.second.call()
        await talk.say(SPOKEN, audio(1))
        (row,) = await page.sessions(cookie=cookie)
        path = f"/v1/sessions/{row['id']}"
        answer = await page.ask(f"{path}:steer", {"takeOver": {}}, cookie=cookie)
        assert answer.status == 200
        url = f"ws://127.0.0.1:{page.port}{path}:speak"
        async with connect(url, additional_headers={"cookie": cookie}) as socket:
            for _ in range(3):
                await socket.send(b"\0\x20" * 480)
            human = 0
            while human < 3:
                human += (await talk.until(TargetSpeech)).human
        talk.cancel()


async def test_roles_and_links_hold_across_gateways() -> None:
    async with two(keys=KEYS) as gateways:
        here, there = gateways.pages
        cookies = {}
        for name in "iv":
            signed = await here.ask("/v1/me:signIn", {"key": name})
            cookies[name] = signed.headers["set-cookie"].partition(";")[0]
        talk = gateways.second.call()
        await talk.say(CONFIG, audio(1))
        (row,) = await here.sessions(cookie=cookies["v"])
        path = f"/v1/sessions/{row['id']}:steer"
        mute = {"muteSpeech": {"muted": True}}
        assert (await here.ask(path, mute, cookie=cookies["v"])).status == 403
        assert (await here.ask(path, mute, cookie=cookies["i"])).status == 200
        assert (await there.ask(path, mute, cookie=cookies["i"])).status == 200, "known there too"
        shared = await here.ask(f"/v1/sessions/{row['id']}:share", {}, cookie=cookies["i"])
        for page in gateways.pages:
            async with page.stream(f"/v1/links/{shared.json['token']}:watch") as pieces:
                _, first = await anext(changes(pieces))
            assert written(first) == [" w0"]
        talk.cancel()


async def test_a_gateway_that_does_not_answer_is_reconnecting_until_it_does() -> None:
    async with two() as gateways:
        page, _ = gateways.pages
        talk = await gateways.second.call(timeout_s=60.0).say(CONFIG, audio(1), audio(2))
        (row,) = await page.sessions()
        line = gateways.register.lines[row["gateway"]]
        path = f"/v1/sessions/{row['id']}:watch"
        async with page.stream(path) as pieces:
            ids = [event_id async for event_id, _ in first_of(changes(pieces), 1)]
            port, line.ports[:] = line.ports[0], [CLOSED_PORT]
            line.cut()
            async for event_id, _ in changes(pieces):
                ids.append(event_id)  # it ends
        await page.until("RECONNECTING", 10)
        refused = await page.ask(f"/v1/sessions/{row['id']}:steer", {"interrupt": {}})
        assert refused.status == 503
        await talk.say(audio(3))
        line.ports[:] = [port]
        await page.until("LIVE", 10)
        async with page.stream(path, last_event_id=ids[-1]) as pieces:
            missed = [change async for _, change in first_of(changes(pieces), 2)]
        assert [word for change in missed for word in written(change)] == [" w2"]
        talk.cancel()


def test_a_gateway_that_is_silent_is_struck_off_the_register() -> None:
    clock = VirtualClock()
    register = RegisterStore(clock, "s")
    register.beat("a", "host:1")
    clock.time_ms = SILENT_MS - 1
    assert register.beat("b", "host:2").gateways == {"a": "host:1", "b": "host:2"}
    clock.time_ms = SILENT_MS
    assert register.beat("b", "host:2").gateways == {"b": "host:2"}
    register.leave("b")
    assert register.beat("c", "host:3").gateways == {"c": "host:3"}
