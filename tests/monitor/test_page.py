"""A real gateway over scripted replicas, and the page beside it."""

import asyncio
import itertools
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from interp.core.events import (
    MuteSpeech,
    Output,
    SetGlossary,
    SetPolicy,
    TargetSpeech,
    TargetText,
)
from interp.core.glossary import Glossary, Term
from interp.core.translator import Pair
from interp.engine.replica import ReplicaInfo
from interp.monitor.settings import PageKey
from interp.serve.auth import digest_of
from interp.wire.messages import Correction, Notice, NoticeCode, StreamConfig
from tests.fakes.replica import FakeReplica
from tests.monitor.web import Page, changes, first_of, paged, written
from tests.serve.gateway import CONFIG, SPOKEN, Talk, audio, eventually, serving, text_of, words

SHORT_S = 0.005
MUTE = {"muteSpeech": {"muted": True}}


async def opened(talk: Talk, config: StreamConfig = CONFIG, count: int = 3) -> Talk:
    await talk.say(config, *(audio(number) for number in range(1, count + 1)))
    return talk


async def read(pieces: AsyncIterator[bytes], text: list[str], wanted: int) -> str:
    """Read target words until there are so many; the last event's id."""
    last = ""
    async for event_id, change in changes(pieces):
        last = event_id
        if "snapshot" in change:
            text.clear()
        text += written(change)
        if len(text) >= wanted:
            break
    return last


async def test_a_session_appears_is_followed_and_ends() -> None:
    async with serving(FakeReplica()) as gateway, paged(gateway) as page:
        talk = await opened(gateway.call())
        (row,) = await page.sessions()
        (target,) = row["targets"]
        assert (row["sourceLanguageCode"], target["languageCode"]) == ("fr", "en")
        assert (row["replica"], row["speaker"]) == ("r0", "anyone")
        await talk.half_close()
        await talk.rest()
        row = await page.until("ENDED")
        await asyncio.sleep(SHORT_S)
        async with page.stream(f"/v1/sessions/{row['id']}:watch") as pieces:
            _, first = await anext(changes(pieces))
        assert "lines" not in first["snapshot"], "what is not to be kept is gone with its session"


async def test_three_readers_cut_off_at_random_read_what_the_client_reads() -> None:
    """Twenty cuts; the text is the client's to the character."""
    count, cuts, rng = 60, 20, random.Random(7)

    async def reader(page: Page, session_id: str) -> str:
        text: list[str] = []
        last = ""
        for stop in [*sorted(rng.sample(range(1, count), cuts)), count]:
            headers = {"last_event_id": last} if last and rng.random() < 0.7 else {}
            path = f"/v1/sessions/{session_id}:watch"
            async with page.stream(path, **headers) as pieces, asyncio.timeout(30):
                if not headers:
                    text.clear()
                last = await read(pieces, text, stop)
        return "".join(text)

    async with serving(FakeReplica()) as gateway, paged(gateway) as page:
        talk = await opened(gateway.call(timeout_s=60.0), count=1)
        (row,) = await page.sessions()
        async with asyncio.TaskGroup() as group:
            readers = [group.create_task(reader(page, row["id"])) for _ in range(3)]
            for number in range(2, count + 1):
                await talk.say(audio(number))
                await asyncio.sleep(SHORT_S)
        await talk.half_close()
        written = text_of(await talk.rest())
    assert written == words(count)
    assert [each.result() for each in readers] == [written] * 3


async def test_orders_reach_the_replica_and_the_client_and_are_told() -> None:
    replica = FakeReplica()
    async with serving(replica) as gateway, paged(gateway, keep_s=60.0) as page:
        talk = await opened(gateway.call())
        (row,) = await page.sessions()
        await eventually(lambda: replica.lanes)
        orders: tuple[dict[str, Any], ...] = (
            {"muteSpeech": {"muted": True}},
            {"setPolicy": {"policy": "waitk:k=5"}},
            {"addTerm": {"source": "chien", "target": "hound"}},
            {"addTerm": {"source": "chat", "target": "cat"}},
            {"addTerm": {"source": "Chien", "target": "dog"}},
            {"correct": {"segment": 0, "text": "Good morning"}},
            {"askSlower": {}},
            {"message": {"text": "louder"}},
        )
        for order in orders:
            answer = await page.steer(row["id"], **order)
            assert answer.status == 200, answer.body
        (lane,) = replica.lanes.values()
        await eventually(lambda: SetPolicy("waitk:k=5") in lane.inputs)
        assert MuteSpeech(True) in lane.inputs
        terms = SetGlossary(Glossary((Term("chat", "cat"), Term("Chien", "dog"))))
        await eventually(lambda: terms in lane.inputs)
        await talk.half_close()
        bodies = await talk.rest()
        async with page.stream(f"/v1/sessions/{row['id']}:watch") as pieces:
            first, *_ = [change async for _, change in changes(pieces)]
    assert Correction(0, "Good morning", "anyone") in bodies
    assert Notice(NoticeCode.SLOW_DOWN, "anyone") in bodies
    assert not any("louder" in str(body) for body in bodies), "a message is not the client's"
    codes = [note["code"] for note in first["snapshot"]["notes"]]
    assert codes == ["MUTED", "POLICY", "TERM", "TERM", "TERM", "SLOW_DOWN", "MESSAGE"]
    assert first["snapshot"]["session"]["targets"][0]["policy"] == "waitk:k=5"
    assert len(first["snapshot"]["glossary"]) == 2
    (line,) = first["snapshot"]["lines"]
    assert line["corrections"] == [{"text": "Good morning", "author": "anyone"}]


async def test_terms_that_no_model_takes_are_refused_and_the_session_goes_on() -> None:
    replica = FakeReplica(info=ReplicaInfo(4, frozenset({Pair("fr", "en")}), (), "m", terms=False))
    async with serving(replica) as gateway, paged(gateway) as page:
        talk = await opened(gateway.call())
        (row,) = await page.sessions()
        term = {"source": "chien", "target": "dog"}
        for order in ({"addTerm": term}, {"setGlossary": {"terms": [term]}}):
            answer = await page.steer(row["id"], **order)
            assert answer.status == 400
            assert answer.json["error"]["reason"] == "BAD_GLOSSARY"
        await talk.half_close()
        assert text_of(await talk.rest()) == words(3)


@pytest.mark.parametrize(
    ("order", "status"),
    [
        ({"dance": {}}, 400),
        ({}, 400),
        ({"setPolicy": {"policy": "waitk:k=-1"}}, 400),
        ({"setPolicy": {"policy": "unheard-of"}}, 404),
        ({"setPolicy": {}}, 400),
        ({"setPolicy": {"policy": "waitk:k=3", "target": 4}}, 400),
        ({"correct": {"segment": 99, "text": "x"}}, 400),
        ({"correct": {"segment": 0, "text": "x", "target": 1}}, 400),
        ({"setOutputs": {"outputs": ["SMELL"]}}, 400),
        ({"addTerm": {"source": "chien"}}, 400),
        ({"handBack": {}}, 409),
        ({"handBack": {"delay": "60s"}}, 409),
        ({"repeatSpeech": {}}, 409),
        ({"takeOver": {"target": -1}}, 400),
        ({"message": {"text": "x" * 3000}}, 400),
    ],
)
async def test_a_wrong_order_is_refused_with_a_reason(
    order: dict[str, object], status: int
) -> None:
    async with serving(FakeReplica()) as gateway, paged(gateway) as page:
        await opened(gateway.call())
        (row,) = await page.sessions()
        answer = await page.ask(f"/v1/sessions/{row['id']}:steer", order)
        assert answer.status == status
        assert answer.json["error"]["reason"]


async def test_another_sites_page_gives_no_orders() -> None:
    async with serving(FakeReplica()) as gateway, paged(gateway) as page:
        await opened(gateway.call())
        (row,) = await page.sessions()
        path = f"/v1/sessions/{row['id']}:steer"
        foreign = await page.ask(path, MUTE, origin="https://evil.example")
        plain = await page.ask(path, MUTE, content_type="text/plain")
        own = await page.ask(path, MUTE, origin=f"http://127.0.0.1:{page.port}")
    assert (foreign.status, plain.status, own.status) == (403, 400, 200)


async def test_roles_are_held_to() -> None:
    keys = (
        PageKey("Vera", digest_of("v"), "viewer"),
        PageKey("Ines", digest_of("i"), "interpreter"),
    )
    async with serving(FakeReplica()) as gateway, paged(gateway, keys=keys) as page:
        talk = await opened(gateway.call())
        assert (await page.ask("/v1/sessions")).status == 401
        assert (await page.ask("/v1/me:signIn", {"key": "wrong"})).status == 401
        cookies = {}
        for key in "vi":
            answer = await page.ask("/v1/me:signIn", {"key": key})
            cookie = answer.headers["set-cookie"]
            assert "HttpOnly" in cookie
            assert "SameSite=strict" in cookie
            cookies[key] = cookie.partition(";")[0]
        (row,) = await page.sessions(cookie=cookies["v"])
        path = f"/v1/sessions/{row['id']}"
        order = MUTE
        assert (await page.ask(f"{path}:steer", order, cookie=cookies["v"])).status == 403
        assert (await page.ask(f"{path}:steer", order, cookie=cookies["i"])).status == 200
        assert (await page.ask(path, method="DELETE", cookie=cookies["i"])).status == 403
        shared = await page.ask(f"{path}:share", {}, cookie=cookies["i"])
        link = f"/v1/links/{shared.json['token']}:watch"
        async with page.stream(link) as pieces:
            _, first = await anext(changes(pieces))
        assert "snapshot" in first
        assert (await page.ask("/v1/links/nonsense:watch")).status == 401
        async with page.stream(link) as pieces:
            await talk.say(audio(4), audio(5))
            told = [change async for _, change in first_of(changes(pieces), 3)]
        kinds = {kind for change in told for kind in change}
        assert kinds == {"eventId", "snapshot", "targetText"}, "the target text alone"
        assert told[0]["snapshot"].keys() == {"lines", "session"}
        assert "input" not in str(told[0])
        talk.cancel()


async def test_a_person_speaks_in_the_voices_place() -> None:
    async with serving(FakeReplica()) as gateway, paged(gateway) as page:
        talk = await opened(gateway.call(), SPOKEN)
        (row,) = await page.sessions()
        url = f"ws://127.0.0.1:{page.port}/v1/sessions/{row['id']}:speak"
        async with connect(url) as socket:
            with pytest.raises(ConnectionClosed, match="take over first"):
                await socket.recv()
        assert (await page.steer(row["id"], takeOver={})).status == 200
        assert (await page.steer(row["id"], takeOver={})).status == 409
        async with connect(url) as socket:
            for _ in range(5):
                await socket.send(b"\0\x20" * 480)
            await eventually(lambda: True)
            speech = [await talk.until(TargetSpeech) for _ in range(8)]
            human = [each for each in speech if each.human]
            assert len(human) == 5
            assert abs(float(human[0].samples[0]) - 0.25) < 1e-3
            steps = [b.offset_ms - a.offset_ms for a, b in itertools.pairwise(human)]
            assert steps == [20] * 4, "pieces follow each other on the target timeline"
            assert (await page.steer(row["id"], handBack={})).status == 200
        bodies = [await talk.until(Notice)]
        assert bodies == [Notice(NoticeCode.HANDED_BACK, "anyone")]


async def test_captions_can_be_taken_away() -> None:
    async with serving(FakeReplica()) as gateway, paged(gateway) as page:
        talk = await opened(gateway.call(), count=10)
        (row,) = await page.sessions()
        await talk.until(TargetText)
        srt = await page.ask(f"/v1/sessions/{row['id']}/captions.srt")
        assert b"00:00:00,000 -->" in srt.body
        assert b"w0 w1" in srt.body
        assert (await page.ask(f"/v1/sessions/{row['id']}/captions.doc")).status == 400


async def test_both_sides_can_be_heard() -> None:
    async with serving(FakeReplica()) as gateway, paged(gateway) as page:
        talk = await opened(gateway.call(), SPOKEN)
        (row,) = await page.sessions()
        path = f"/v1/sessions/{row['id']}/sound"
        async with page.stream(f"{path}/source") as source, page.stream(f"{path}/target") as target:
            await talk.say(audio(4), audio(5))
            heard = await anext(source)
            spoken = await anext(target)
        assert heard[:4] == b"\0\1\0\1"
        assert spoken[:2] == b"\0\x20"
        assert (await page.ask(f"{path}/smell")).status == 404


async def test_pages_say_that_nothing_foreign_may_load() -> None:
    async with serving(FakeReplica()) as gateway, paged(gateway) as page:
        for path in ("/", "/session/x", "/read/x", "/obs/x", "/static/style.css"):
            answer = await page.ask(path)
            assert answer.status == 200
            assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert (await page.ask("/static/..%2fweb.py")).status == 404


async def test_text_is_kept_and_deleted_as_told() -> None:
    async with serving(FakeReplica()) as gateway, paged(gateway, keep_s=60.0) as page:
        talk = await opened(gateway.call())
        (row,) = await page.sessions()
        await talk.half_close()
        await talk.rest()
        await asyncio.sleep(0.3)
        path = f"/v1/sessions/{row['id']}"
        assert b"w0" in (await page.ask(f"{path}/captions.txt")).body
        assert (await page.ask(path, method="DELETE")).status == 200
        assert (await page.ask(f"{path}/captions.txt")).status == 404


async def test_text_can_stop_while_a_person_speaks() -> None:
    replica = FakeReplica()
    async with serving(replica) as gateway, paged(gateway) as page:
        await opened(gateway.call(), replace(SPOKEN))
        (row,) = await page.sessions()
        await page.steer(row["id"], takeOver={"withoutText": True})
        (lane,) = replica.lanes.values()
        await eventually(
            lambda: any(
                getattr(item, "outputs", None) == frozenset(Output) - {Output.TEXT, Output.SPEECH}
                for item in lane.inputs
            )
        )
