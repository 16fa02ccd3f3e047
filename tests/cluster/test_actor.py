import os

import pytest

from interp.cluster.actor import ReplicaActor
from interp.core.errors import EngineFailed
from tests.cluster.scripted import scripted_host


async def test_an_actor_starts_its_host_and_gives_a_sign_of_life() -> None:
    host = scripted_host()
    actor = ReplicaActor(lambda: host)
    assert host.alive
    assert (await actor.ping()).pid == os.getpid()
    assert await actor.info() is host.info
    host.stop()


async def test_an_actor_whose_compute_thread_is_gone_says_so() -> None:
    host = scripted_host()
    actor = ReplicaActor(lambda: host)
    host.stop()
    with pytest.raises(EngineFailed):
        await actor.ping()
