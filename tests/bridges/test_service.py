"""What a bridge is told of its service, and what the server hears of it."""

from argparse import ArgumentParser
from pathlib import Path

import pytest

from interp.bridges.recordings import Recordings
from interp.bridges.service import Service, add_arguments, service_of
from interp.core.errors import Unauthenticated
from interp.core.events import Output
from interp.serve.auth import Tenant, digest_of
from tests.client.gateway_thread import gateway_in_thread
from tests.client.test_blocking import heard
from tests.fakes.replica import FakeReplica
from tests.serve.gateway import settings


def parsed(*arguments: str) -> Service:
    parser = ArgumentParser()
    add_arguments(parser)
    return service_of(parser.parse_args(arguments))


def test_no_options_are_the_defaults() -> None:
    assert parsed() == Service()


def test_each_option_is_a_field() -> None:
    fields = {
        "server": "host:1",
        "source_language": "de",
        "target_language": "fr",
        "policy": "waitk:k=5",
        "voice": "anna",
        "key_file": "key",
        "tls_authority": "ca.pem",
    }
    options = [f"--{name.replace('_', '-')}={value}" for name, value in fields.items()]
    assert parsed(*options) == Service(**fields)


def test_a_session_asks_for_one_output_in_the_sources_own_rate() -> None:
    stream = Service(policy="waitk:k=5", voice="anna").stream(48_000, Output.SPEECH)
    assert stream.session.outputs == {Output.SPEECH}
    assert (stream.session.policy, stream.session.voice) == ("waitk:k=5", "anna")
    assert stream.audio.rate_hz == 48_000


def test_the_key_file_opens_the_server_and_no_key_does_not(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("k1\n")
    config = settings(tenants=(Tenant("one", digest_of("k1")),))
    with gateway_in_thread(FakeReplica(), config) as gateway:
        recordings = Recordings(Service(gateway.address, key_file=str(tmp_path / "key")))
        assert recordings.step(heard(100), 16_000).words == ("w0",)
        recordings.close()
        stranger = Recordings(Service(gateway.address))
        with pytest.raises(Unauthenticated):
            stranger.step(heard(100), 16_000)
        stranger.close()
