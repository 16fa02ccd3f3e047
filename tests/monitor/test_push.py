"""Captions pushed to fakes that hold us to the protocol of the place they stand for."""

import asyncio
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from websockets.asyncio.server import ServerConnection, serve

from interp.core.errors import InvalidRequest, Unavailable
from interp.core.events import TargetText, WrittenWord
from interp.monitor.push import Gone, Lines, Obs, Posted, obs_answer, open_place, youtube, zoom
from interp.wire.monitoring import TargetTextMessage, change_of
from tests.fakes.replica import FakeReplica
from tests.monitor.web import paged
from tests.serve.gateway import CONFIG, audio, eventually, serving, words


def words_of(*texts: str, ended: bool = False) -> TargetTextMessage:
    written = tuple(WrittenWord(text, 0, 0, 0, 0) for text in texts)
    return change_of(TargetText(0, written, segment_ended=ended)).target_text


def test_lines_end_with_a_sentence_a_segment_or_when_they_are_full() -> None:
    lines = Lines()
    assert list(lines.take(words_of(" Good", " morning."))) == ["Good morning."]
    assert list(lines.take(words_of(" And"))) == []
    assert list(lines.take(words_of(" so", ended=True))) == ["And so"]
    assert list(lines.take(words_of(ended=True))) == []
    (line,) = lines.take(words_of(*[" abcdefg"] * 11))
    assert line == " ".join(["abcdefg"] * 10)


@dataclass
class Place:
    """An HTTP place. answers: statuses to come; then 200. got: path and body of each request."""

    answers: list[int] = field(default_factory=list)
    got: list[tuple[str, str]] = field(default_factory=list)
    port: int = 0

    @property
    def sequences(self) -> list[int]:
        """Of all requests, in order."""
        return [int(parse_qs(urlsplit(path).query)["seq"][0]) for path, _ in self.got]


@contextmanager
def place_of(*answers: int) -> Iterator[Place]:
    place = Place(list(answers))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            plain = self.headers["content-type"] == "text/plain; charset=utf-8"
            place.got.append((self.path, body))
            status = place.answers.pop(0) if place.answers else 200
            self.send_response(status if plain else 405)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    place.port = server.server_port
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield place
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


async def test_zooms_number_rises_with_each_caption_and_not_with_a_retry() -> None:
    with place_of(200, 503, 503) as place:
        shown = zoom(f"http://127.0.0.1:{place.port}/closedcaption?id=1&signature=x", "en")
        await shown.show("one")
        await shown.show("two")
        await shown.show("three")
    assert place.sequences == [1, 2, 2, 2, 3]
    assert [body for _, body in place.got] == ["one", "two", "two", "two", "three"]
    query = parse_qs(urlsplit(place.got[0][0]).query)
    assert query == {"id": ["1"], "signature": ["x"], "seq": ["1"], "lang": ["en"]}


@pytest.mark.parametrize("status", [400, 403])
async def test_what_zoom_refuses_for_good_is_not_tried_again(status: int) -> None:
    with place_of(status) as place:
        shown = zoom(f"http://127.0.0.1:{place.port}/cc", "en")
        with pytest.raises(Gone):
            await shown.show("one")
    assert len(place.got) == 1


async def test_a_place_that_fails_three_times_loses_a_line_and_not_the_next() -> None:
    with place_of(503, 503, 503) as place:
        shown: Posted = zoom(f"http://127.0.0.1:{place.port}/cc", "en")
        with pytest.raises(OSError, match="503"):
            await shown.show("one")
        await shown.show("two")
    assert place.sequences == [1, 1, 1, 2]


async def test_youtube_gets_the_time_on_the_first_line() -> None:
    moment = datetime(2026, 11, 27, 8, 9, 10, 123456, UTC)
    with place_of() as place:
        shown = youtube(f"http://127.0.0.1:{place.port}/closedcaption?cid=k", lambda: moment)
        await shown.show("hello")
    assert place.got == [("/closedcaption?cid=k&seq=1", "2026-11-27T08:09:10.123\nhello\n")]


@dataclass
class FakeObs:
    """obs-websocket 5. streaming: whether captions can be shown."""

    password: str = ""
    streaming: bool = True
    captions: list[str] = field(default_factory=list)

    async def __call__(self, socket: ServerConnection) -> None:
        hello: dict[str, object] = {"obsWebSocketVersion": "5.5.0", "rpcVersion": 1}
        if self.password:
            hello["authentication"] = {"challenge": "c", "salt": "s"}
        await socket.send(json.dumps({"op": 0, "d": hello}))
        identify = json.loads(await socket.recv())
        assert (identify["op"], identify["d"]["rpcVersion"]) == (1, 1)
        wanted = obs_answer(self.password, "c", "s") if self.password else None
        if identify["d"].get("authentication") != wanted:
            await socket.close(4009, "authentication failed")
            return
        await socket.send(json.dumps({"op": 2, "d": {"negotiatedRpcVersion": 1}}))
        async for frame in socket:
            request = json.loads(frame)["d"]
            assert request["requestType"] == "SendStreamCaption"
            if self.streaming:
                self.captions.append(request["requestData"]["captionText"])
            status = {"result": self.streaming, "code": 100 if self.streaming else 501}
            answer = {**{k: request[k] for k in ("requestType", "requestId")}}
            await socket.send(json.dumps({"op": 7, "d": {**answer, "requestStatus": status}}))


async def test_obs_is_told_the_password_and_shows_captions_while_it_streams() -> None:
    fake = FakeObs(password="secret")
    async with serve(fake, "127.0.0.1", 0) as server:
        url = f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"
        obs = await Obs.connected(url, "secret")
        await obs.show("one")
        fake.streaming = False
        with pytest.raises(OSError, match="501"):
            await obs.show("two")
        fake.streaming = True
        await obs.show("three")
        await obs.close()
        assert fake.captions == ["one", "three"]
        with pytest.raises(Unavailable):
            await open_place("obs", url, "wrong", "en")


def test_the_answer_to_obs_is_that_of_its_protocol() -> None:
    answer = obs_answer(
        "supersecretpassword",
        "+IxH4CnCiqpX1rM9scsNynZzbOe4KhDeYcTNS3PDaeY=",
        "lM1GncleQOaCu9lT1yeUZhFYnqhsLLP1G5lAGo3ixaI=",
    )
    assert re.fullmatch(r"[A-Za-z0-9+/]{43}=", answer)
    assert answer == "1Ct943GAT+6YQUUX47Ia/ncufilbe6+oD6lY+5kaCu4="


async def test_places_and_addresses_that_cannot_be_are_refused() -> None:
    with pytest.raises(InvalidRequest):
        await open_place("vimeo", "https://x", "", "en")
    with pytest.raises(InvalidRequest):
        await open_place("obs", "file:///etc/passwd", "", "en")
    with pytest.raises(Unavailable):
        await open_place("obs", "ws://127.0.0.1:9", "", "en")


async def test_a_sessions_captions_are_pushed_as_they_are_written() -> None:
    with place_of() as place:
        async with serving(FakeReplica()) as gateway, paged(gateway) as page:
            talk = gateway.call()
            await talk.say(CONFIG, audio(1))
            (row,) = await page.sessions()
            order = {"place": "zoom", "uri": f"http://127.0.0.1:{place.port}/cc"}
            path = f"/v1/sessions/{row['id']}:push"
            assert (await page.ask(path, order)).status == 200
            assert (await page.ask(path, order)).status == 409
            await talk.say(*(audio(number) for number in range(2, 41)))
            await talk.half_close()
            await talk.rest()
            await eventually(lambda: place.got and place.got[-1][1].endswith("w39"))
            await asyncio.sleep(0)
    pushed = " ".join(body for _, body in place.got)
    assert pushed.split()[-30:] == words(40).split()[-30:]
    assert place.sequences == list(range(1, len(place.got) + 1))
