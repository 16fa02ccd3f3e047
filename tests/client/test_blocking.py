"""Steps of the blocking client against a real server: one word per 100 ms of audio."""

from collections.abc import Iterator

import numpy as np
import pytest

from interp.bridges.service import Service
from interp.client.blocking import BlockingClient
from interp.core.audio import SNAC_FRAME_SAMPLES, Samples, silence
from interp.core.errors import InterpError, NotServed, OutOfOrder, Reason
from interp.core.events import Output
from tests.client.gateway_thread import gateway_in_thread
from tests.fakes.replica import FakeReplica
from tests.serve.gateway import eventually

TEXT = Service().stream(16_000, Output.TEXT)
SPEECH = Service().stream(16_000, Output.SPEECH)


@pytest.fixture(name="replica")
def _replica() -> FakeReplica:
    return FakeReplica()


@pytest.fixture(name="client")
def _client(replica: FakeReplica) -> Iterator[BlockingClient]:
    with gateway_in_thread(replica) as gateway:
        client = BlockingClient(gateway.address)
        yield client
        client.close()


def heard(milliseconds: int, rate_hz: int = 16_000) -> Samples:
    return np.full(milliseconds * rate_hz // 1000, 0.1, np.float32)


def test_each_step_gives_exactly_what_its_audio_was_enough_for(client: BlockingClient) -> None:
    session = client.open(TEXT)
    steps = [session.hear(heard(milliseconds)).words for milliseconds in (99, 1, 350, 20, 30)]
    assert steps == [(), ("w0",), ("w1", "w2", "w3"), (), ("w4",)]
    assert session.finish().words == ()


def test_a_step_longer_than_a_message_is_one_step(client: BlockingClient) -> None:
    session = client.open(TEXT)
    assert session.hear(heard(5_000)).words == tuple(f"w{i}" for i in range(50))


def test_samples_arrive_as_they_were_given(client: BlockingClient, replica: FakeReplica) -> None:
    given = np.linspace(-1, 1, 3_001, dtype=np.float32)
    session = client.open(TEXT)
    session.hear(given[:1_000])
    session.hear(given[1_000:])
    (lane,) = replica.lanes.values()
    arrived = [item.samples for item in lane.inputs if hasattr(item, "samples")]
    np.testing.assert_array_equal(np.concatenate(arrived), given)
    session.close()


def test_no_audio_is_a_step_that_says_nothing(client: BlockingClient) -> None:
    session = client.open(TEXT)
    assert session.hear(silence(0)).words == ()
    assert session.hear(heard(100)).words == ("w0",)


def test_speech_comes_with_the_step_that_it_was_spoken_in(client: BlockingClient) -> None:
    session = client.open(SPEECH)
    said = session.hear(heard(200))
    assert said.speech.size == 2 * SNAC_FRAME_SAMPLES
    assert said.speech.dtype == np.float32
    np.testing.assert_allclose(said.speech, 0.25, atol=1e-4)


def test_sessions_of_one_client_do_not_meet(client: BlockingClient) -> None:
    one, other = client.open(TEXT), client.open(TEXT)
    assert one.hear(heard(200)).words == ("w0", "w1")
    assert other.hear(heard(100)).words == ("w0",)
    assert one.hear(heard(100)).words == ("w2",)


async def test_closing_a_session_frees_its_lane(
    client: BlockingClient, replica: FakeReplica
) -> None:
    session = client.open(TEXT)
    session.hear(heard(100))
    session.close()
    await eventually(lambda: replica.closed)
    with pytest.raises(OutOfOrder):
        session.hear(heard(100))


def test_the_servers_reason_is_raised_and_the_session_is_over(client: BlockingClient) -> None:
    session = client.open(Service(target_language="xx").stream(16_000, Output.TEXT))
    with pytest.raises(NotServed) as caught:
        session.hear(heard(100))
    assert caught.value.reason is Reason.PAIR_NOT_SERVED
    with pytest.raises(OutOfOrder):
        session.hear(heard(100))


def test_a_server_that_is_not_there_is_an_error_of_ours() -> None:
    client = BlockingClient("127.0.0.1:1")
    with pytest.raises(InterpError):
        client.open(TEXT).hear(heard(100))
    client.close()
    client.close()
