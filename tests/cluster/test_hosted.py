import logging
import os
from collections.abc import Iterator

import pytest

from interp.cluster.calls import answer_in, answered, asked
from interp.cluster.hosted import Hosted
from interp.core.config import SessionConfig
from interp.core.errors import AtCapacity, EngineFailed, Reason
from interp.engine.host import Host
from tests.cluster.scripted import scripted_host


@pytest.fixture
def host() -> Iterator[Host]:
    host = scripted_host(lanes=1)
    yield host
    host.stop()


def test_it_starts_its_host_and_gives_a_sign_of_life(host: Host) -> None:
    hosted = Hosted(lambda: host)
    assert host.alive
    assert hosted.ping().pid == os.getpid()
    assert hosted.info() is host.info


def test_what_is_logged_while_it_loads_is_told() -> None:
    host = scripted_host()

    def load() -> Host:
        logging.getLogger("interp.models").warning("loading")
        return host

    assert any("loading" in line for line in Hosted(load).ping().logs)
    host.stop()


def test_one_whose_compute_thread_is_gone_says_so(host: Host) -> None:
    hosted = Hosted(lambda: host)
    host.stop()
    with pytest.raises(EngineFailed):
        hosted.ping()


def test_a_call_as_bytes_gives_its_answer_and_the_errors_that_are_ours(host: Host) -> None:
    hosted = Hosted(lambda: host)
    opened = asked("open", ("a", SessionConfig("fr", "en"), None))
    assert answer_in(answered(hosted, opened)) is None
    again = asked("open", ("b", SessionConfig("fr", "en"), None))
    with pytest.raises(AtCapacity) as full:
        answer_in(answered(hosted, again))
    assert full.value.retry_after_ms == 1000


def test_of_any_other_error_only_that_it_was_ours_is_told(host: Host) -> None:
    with pytest.raises(EngineFailed) as failed:
        answer_in(answered(Hosted(lambda: host), asked("tick", ("no mapping",))))
    assert failed.value.reason is Reason.ENGINE_FAILED
    assert "mapping" not in failed.value.message
