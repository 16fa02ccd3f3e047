"""The four routes, as SimulEval's remote evaluator calls them."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.client import HTTPConnection
from typing import Any

import pytest

from interp.bridges.recordings import Recordings
from interp.bridges.remote import RemoteServer, RemoteSystem
from interp.bridges.service import Service
from interp.core.audio import SNAC_FRAME_SAMPLES
from interp.core.events import Output
from tests.client.gateway_thread import gateway_in_thread
from tests.client.test_blocking import heard
from tests.fakes.replica import FakeReplica

Ask = Callable[..., tuple[int, Any]]


@pytest.fixture(params=[Output.TEXT], name="output")
def _output(request: pytest.FixtureRequest) -> Output:
    output: Output = request.param
    return output


@pytest.fixture(name="replica")
def _replica() -> FakeReplica:
    return FakeReplica()


@pytest.fixture(name="ask")
def _ask(output: Output, replica: FakeReplica) -> Iterator[Ask]:
    with gateway_in_thread(replica) as gateway:
        recordings = Recordings(Service(gateway.address), output)
        with RemoteServer("127.0.0.1", 0, RemoteSystem(recordings, output)) as server:
            thread = threading.Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            yield asker(server.server_port)
            server.shutdown()
            thread.join()
        recordings.close()


def asker(port: int) -> Ask:
    def ask(method: str, path: str, body: Any = None) -> tuple[int, Any]:
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        text = body if isinstance(body, str | None) else json.dumps(body)
        connection.request(method, path, text)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, json.loads(content) if content else None

    return ask


def speech(milliseconds: int, *, finished: bool = False) -> dict[str, Any]:
    return {
        "index": milliseconds,
        "content": heard(milliseconds).tolist(),
        "finished": finished,
        "is_empty": False,
        "data_type": "speech",
        "tgt_lang": None,
        "config": {},
        "sample_rate": 16_000,
    }


def test_text_is_given_out_as_the_source_comes_in(ask: Ask) -> None:
    assert ask("POST", "/reset") == (200, None)
    assert ask("PUT", "/input", speech(50)) == (200, None)
    assert ask("GET", "/output")[1]["is_empty"]
    ask("PUT", "/input", speech(150))
    status, said = ask("GET", "/output")
    assert (status, said["content"], said["data_type"]) == (200, "w0 w1", "text")
    assert not said["finished"]
    ask("PUT", "/input", speech(100, finished=True))
    assert ask("GET", "/output")[1] == {
        "index": 0,
        "content": "w2",
        "finished": True,
        "is_empty": False,
        "data_type": "text",
        "tgt_lang": None,
        "config": {},
    }
    last = ask("GET", "/output")[1]
    assert (last["is_empty"], last["finished"], last["content"]) == (True, True, [])


def test_an_empty_segment_ends_the_source_too(ask: Ask) -> None:
    ask("PUT", "/input", speech(100))
    ask("PUT", "/input", {"data_type": None, "content": [], "finished": True, "is_empty": True})
    said = ask("GET", "/output")[1]
    assert (said["content"], said["finished"]) == ("w0", True)


def test_reset_begins_another_recording(ask: Ask, replica: FakeReplica) -> None:
    for _ in range(2):
        ask("PUT", "/input", speech(100))
        assert ask("GET", "/output")[1]["content"] == "w0"
        ask("POST", "/reset")
    assert len(replica.opened) == 2


@pytest.mark.parametrize("output", [Output.SPEECH], indirect=True)
def test_speech_is_given_out_as_samples(ask: Ask) -> None:
    ask("PUT", "/input", speech(100, finished=True))
    said = ask("GET", "/output")[1]
    assert (said["data_type"], said["sample_rate"]) == ("speech", 24_000)
    assert len(said["content"]) == SNAC_FRAME_SAMPLES


def test_the_root_says_what_this_is(ask: Ask) -> None:
    assert ask("GET", "/") == (200, {"info": "interp[speech -> text]"})


@pytest.mark.parametrize(
    "body",
    ["no json", "[]", {"data_type": "text", "content": "mot"}, {"data_type": "speech"}],
)
def test_what_is_no_source_segment_is_refused(ask: Ask, body: Any) -> None:
    assert ask("PUT", "/input", body)[0] == 400
    ask("PUT", "/input", speech(100))
    assert ask("GET", "/output")[1]["content"] == "w0"


def test_other_routes_are_not_found(ask: Ask) -> None:
    assert ask("GET", "/input")[0] == 404
    assert ask("PUT", "/output", {})[0] == 404


def test_what_the_service_refuses_is_told(ask: Ask, replica: FakeReplica) -> None:
    replica.offer = replace(replica.offer, lanes=0)
    ask("PUT", "/input", speech(100))
    status, said = ask("GET", "/output")
    assert status == 502
    assert said["error"].startswith("NO_LANE: ")
