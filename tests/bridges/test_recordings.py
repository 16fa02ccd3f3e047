"""Recordings one after the other over one connection."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest

from interp.bridges.recordings import Recordings
from interp.bridges.service import Service
from interp.bridges.simuleval_source import StatesSource
from interp.core.audio import silence
from tests.client.gateway_thread import gateway_in_thread
from tests.client.test_blocking import heard
from tests.fakes.replica import FakeReplica
from tests.serve.gateway import eventually


@pytest.fixture(name="replica")
def _replica() -> FakeReplica:
    return FakeReplica()


@pytest.fixture(name="recordings")
def _recordings(replica: FakeReplica) -> Iterator[Recordings]:
    with gateway_in_thread(replica) as gateway:
        recordings = Recordings(Service(gateway.address, policy="waitk:k=3,unit_ms=640"))
        yield recordings
        recordings.close()


def test_each_recording_begins_anew(recordings: Recordings, replica: FakeReplica) -> None:
    for _ in range(2):
        assert recordings.step(heard(200), 16_000).words == ("w0", "w1")
        assert recordings.step(heard(100), 16_000, finished=True).words == ("w2",)
    assert len(replica.opened) == 2


def test_a_recording_without_audio_opens_nothing(
    recordings: Recordings, replica: FakeReplica
) -> None:
    assert recordings.step(silence(0), 16_000, finished=True).words == ()
    assert replica.opened == []


async def test_reset_leaves_a_recording_half_way(
    recordings: Recordings, replica: FakeReplica
) -> None:
    recordings.step(heard(100), 16_000)
    recordings.reset()
    await eventually(lambda: not replica.lanes)
    assert recordings.step(heard(100), 16_000).words == ("w0",)


def test_languages_change_from_the_next_recording_on(
    recordings: Recordings, replica: FakeReplica
) -> None:
    recordings.speak(source="en")
    recordings.step(heard(100), 16_000)
    (lane,) = replica.lanes.values()
    assert (lane.config.source, lane.config.target) == ("en", "en")
    assert lane.config.policy == "waitk:k=3,unit_ms=640"


@dataclass
class States:
    """As SimulEval grows them."""

    source: list[float]
    source_sample_rate: int = 16_000
    source_finished: bool = False


def test_an_agent_sends_only_the_samples_that_are_new(
    recordings: Recordings, replica: FakeReplica
) -> None:
    source = StatesSource(recordings)
    states = States([0.0] * 1_600)
    assert source.step(states).words == ("w0",)
    states.source += np.full(1_600, 0.5).tolist()
    assert source.step(states).words == ("w1",)
    (lane,) = replica.lanes.values()
    assert lane.position == 3_200
    states.source += [0.0] * 1_600
    states.source_finished = True
    assert source.step(states).words == ("w2",)
    source.reset()
    assert source.step(States([0.0] * 1_600)).words == ("w0",)
