"""MonitorService over gRPC on a real gateway, beside the page's own door."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import grpc
import pytest

from interp.core.errors import Reason, SessionLimit
from interp.core.events import TargetSpeech
from interp.monitor.access import Person
from interp.monitor.desk import Desk
from interp.monitor.readers import READER_BEHIND
from interp.monitor.settings import PageKey, PageSettings, Role
from interp.monitor.told import Told
from interp.serve.auth import digest_of
from interp.wire.monitoring import (
    DeleteSessionRequest,
    ExportCaptionsRequest,
    ListenSessionRequest,
    ListSessionsRequest,
    MonitorServiceStub,
    SessionState,
    SpeakSessionRequest,
    SteerSessionRequest,
    WatchSessionRequest,
    WatchSessionResponse,
    WatchSessionsRequest,
    monitor_stub,
    to_json,
)
from interp.wire.status import error_of
from tests.fakes.replica import FakeReplica
from tests.monitor.web import Page, changes
from tests.serve.gateway import CONFIG, SPOKEN, Gateway, Talk, audio, eventually, serving, words

KEYS = (
    PageKey("Vera", digest_of("v"), "viewer"),
    PageKey("Ines", digest_of("i"), "interpreter"),
    PageKey("Ada", digest_of("a"), "admin"),
)
MUTE = {"mute_speech": {"muted": True}}


@dataclass(frozen=True)
class Both:
    """A gateway with both doors."""

    gateway: Gateway
    page: Page
    stub: MonitorServiceStub

    async def session(self, talk: Talk, count: int = 3) -> str:
        """The name of a session that has begun."""
        await talk.say(CONFIG, *(audio(number) for number in range(1, count + 1)))
        (row,) = await self.page.sessions(cookie=await self.cookie())
        return str(row["name"])

    async def cookie(self) -> str:
        answer = await self.page.ask("/v1/me:signIn", {"key": "a"})
        return answer.headers.get("set-cookie", "").partition(";")[0]


@asynccontextmanager
async def both(**settings: Any) -> AsyncIterator[Both]:
    desk = Desk(PageSettings(address="127.0.0.1:0", **settings), address="127.0.0.1:0")
    async with (
        serving(FakeReplica(), doors=[desk.door]) as gateway,
        desk.open() as port,
        grpc.aio.insecure_channel(gateway.address) as channel,
    ):
        yield Both(gateway, Page(port), monitor_stub(channel))


def key(name: str) -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {name}"),)


async def told(
    call: AsyncIterator[WatchSessionResponse], kind: str, count: int
) -> list[WatchSessionResponse]:
    """The first so many changes of a kind."""
    found: list[WatchSessionResponse] = []
    async with asyncio.timeout(5):
        async for change in call:
            if change.WhichOneof("change") == kind:
                found.append(change)
            if len(found) == count:
                break
    return found


async def reason_of(call: Any) -> Reason:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return error_of(caught.value).reason


async def test_a_session_is_listed_watched_and_resumed_by_its_last_event() -> None:
    async with both(keys=KEYS) as doors:
        talk = doors.gateway.call()
        name = await doors.session(talk)
        listed = await doors.stub.ListSessions(ListSessionsRequest(), metadata=key("v"))
        assert [row.name for row in listed.sessions] == [name]
        watching = doors.stub.WatchSession(WatchSessionRequest(name=name), metadata=key("v"))
        (first,) = await told(watching, "snapshot", 1)
        assert first.snapshot.session.targets[0].language_code == "en"
        await talk.say(*(audio(number) for number in range(4, 8)))
        heard = await told(watching, "target_text", 2)
        watching.cancel()
        again = WatchSessionRequest(name=name, last_event_id=heard[0].event_id)
        resumed = doors.stub.WatchSession(again, metadata=key("v"))
        assert (await told(resumed, "target_text", 1)) == [heard[1]], "what was missed, once"
        resumed.cancel()
        talk.cancel()


async def test_both_doors_say_the_same() -> None:
    async with both() as doors:
        talk = doors.gateway.call()
        name = await doors.session(talk)
        over_http: list[Any] = []

        async def read() -> None:
            async with doors.page.stream(f"/v1/{name}:watch") as pieces:
                async for _, change in changes(pieces):
                    over_http.append(change)

        reading = asyncio.create_task(read())
        watching = doors.stub.WatchSession(WatchSessionRequest(name=name))
        over_grpc = [json.loads(to_json(await anext(aiter(watching))))]
        await eventually(lambda: over_http)
        await talk.say(*(audio(number) for number in range(4, 10)))
        await doors.stub.SteerSession(SteerSessionRequest(name=name, message={"text": "louder"}))
        await talk.half_close()
        over_grpc += [json.loads(to_json(change)) async for change in watching]
        await reading
    one, other = ({each["eventId"]: each for each in told} for told in (over_grpc, over_http))
    both_told = [(one[event_id], other[event_id]) for event_id in one.keys() & other.keys()]
    changed = [pair for pair in both_told if "snapshot" not in pair[0].keys() | pair[1].keys()]
    assert all(a == b for a, b in changed)
    assert {"targetText", "note", "session", "ended"} <= {k for a, _ in changed for k in a}


async def test_roles_are_those_of_the_page() -> None:
    async with both(keys=KEYS) as doors:
        talk = doors.gateway.call()
        name = await doors.session(talk)
        order = SteerSessionRequest(name=name, **MUTE)
        stub = doors.stub
        assert await reason_of(stub.ListSessions(ListSessionsRequest())) is Reason.KEY_MISSING
        wrong = stub.ListSessions(ListSessionsRequest(), metadata=key("x"))
        assert await reason_of(wrong) is Reason.KEY_INVALID
        viewer = stub.SteerSession(order, metadata=key("v"))
        assert await reason_of(viewer) is Reason.TENANT_FORBIDDEN
        await stub.SteerSession(order, metadata=key("i"))
        deleting = DeleteSessionRequest(name=name)
        assert await reason_of(stub.DeleteSession(deleting, metadata=key("i"))) is (
            Reason.TENANT_FORBIDDEN
        )
        assert await reason_of(stub.DeleteSession(deleting, metadata=key("a"))) is (
            Reason.BAD_CONFIG
        ), "it goes on"
        unknown = SteerSessionRequest(name="sessions/nobody", **MUTE)
        assert await reason_of(stub.SteerSession(unknown, metadata=key("i"))) is (
            Reason.SESSION_UNKNOWN
        )
        nameless = SteerSessionRequest(name="nobody", **MUTE)
        assert await reason_of(stub.SteerSession(nameless, metadata=key("i"))) is (
            Reason.MALFORMED_MESSAGE
        )
        talk.cancel()


async def test_an_open_page_is_no_open_service_where_others_can_call() -> None:
    desk = Desk(PageSettings(address="127.0.0.1:0"), address="0.0.0.0:0")
    async with (
        serving(FakeReplica(), doors=[desk.door]) as gateway,
        grpc.aio.insecure_channel(gateway.address) as channel,
    ):
        listing = monitor_stub(channel).ListSessions(ListSessionsRequest())
        assert await reason_of(listing) is Reason.KEY_MISSING


async def test_sound_goes_both_ways_and_captions_out() -> None:
    async with both() as doors:
        talk = doors.gateway.call()
        await talk.say(SPOKEN, audio(1), audio(2))
        (row,) = await doors.page.sessions()
        name = row["name"]
        listening = doors.stub.ListenSession(ListenSessionRequest(name=name, target=0))
        heard = asyncio.create_task(anext(aiter(listening)))
        await asyncio.sleep(0.1)
        await talk.say(audio(3), audio(4))
        piece = await heard
        assert (piece.pcm_s16le[:2], piece.sample_rate_hertz) == (b"\0\x20", 24_000)
        listening.cancel()
        srt = await doors.stub.ExportCaptions(ExportCaptionsRequest(name=name, format="srt"))
        assert words(3).strip() in srt.content
        await doors.stub.SteerSession(SteerSessionRequest(name=name, take_over={}))

        async def sound() -> AsyncIterator[SpeakSessionRequest]:
            yield SpeakSessionRequest(name=name)
            for _ in range(5):
                yield SpeakSessionRequest(pcm_s16le=b"\0\x20" * 480)

        spoken = await doors.stub.SpeakSession(sound())
        assert spoken.spoken.ToMilliseconds() == 100
        speech = [await talk.until(TargetSpeech) for _ in range(9)]
        assert sum(each.human for each in speech) == 5
        talk.cancel()


async def test_the_list_is_told_as_it_changes_and_comes_in_pages() -> None:
    async with both() as doors:
        talks = [doors.gateway.call() for _ in range(3)]
        for talk in talks:
            await talk.say(CONFIG, audio(1))
        await doors.page.sessions(3)
        names: list[str] = []
        token = ""
        while True:
            request = ListSessionsRequest(page_size=2, page_token=token)
            page = await doors.stub.ListSessions(request)
            names += [row.name for row in page.sessions]
            if not (token := page.next_page_token):
                break
        assert len(set(names)) == len(names) == 3
        bad = doors.stub.ListSessions(ListSessionsRequest(page_size=-1))
        assert await reason_of(bad) is Reason.MALFORMED_MESSAGE
        watching = aiter(doors.stub.WatchSessions(WatchSessionsRequest()))
        assert len((await anext(watching)).sessions) == 3
        await talks[0].half_close()
        await talks[0].rest()
        async with asyncio.timeout(3):
            states = set[SessionState]()
            while SessionState.SESSION_STATE_ENDED not in states:
                states = {row.state for row in (await anext(watching)).sessions}
        for talk in talks:
            talk.cancel()


async def test_a_watcher_that_does_not_read_is_dropped_and_holds_nothing() -> None:
    desk = Desk(PageSettings(address="127.0.0.1:0"), address="127.0.0.1:0")
    async with serving(FakeReplica()) as gateway:
        house = desk.attend(gateway.server.entry)
        async with desk.open() as port:
            talk = await gateway.call().say(CONFIG, audio(1))
            (row,) = await Page(port).sessions()
            monitor = house.of(row["name"])
            person = Person("Vera", Role.VIEWER)
            stalled = monitor.watch(WatchSessionRequest(name=row["name"]), person)
            assert (await anext(stalled)).kind == "snapshot"
            busy = monitor.watch(WatchSessionRequest(name=row["name"]), person)
            notes = 0
            shout = SteerSessionRequest(name=row["name"], message={"text": "x" * 2000})
            async for told in busy:
                notes += told.kind == "note"
                if notes == READER_BEHIND + 10:
                    break
                if told.kind in ("snapshot", "note"):
                    await monitor.steer(shout, Person("Ines", Role.INTERPRETER))
            await busy.aclose()  # type: ignore[attr-defined]
            assert house.rows()[0].readers <= 1
            with pytest.raises(SessionLimit):
                await read_on(stalled, READER_BEHIND)
            await asyncio.sleep(0.3)
            assert house.rows()[0].readers == 0
            talk.cancel()


async def read_on(told: AsyncIterator[Told], most: int) -> None:
    """To the end, which comes before so many changes: what waited is let go."""
    count = 0
    async for _ in told:
        count += 1
        assert count < most
