import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from interp.cli import main
from interp.evaluate.record.log import EmissionLog, read_log
from interp.evaluate.record.run_folder import read_config
from interp.serve.auth import Tenant, digest_of
from tests.client.gateway_thread import gateway_in_thread
from tests.fakes.replica import FakeReplica
from tests.fakes.systems import save_manifest
from tests.serve.gateway import Gateway, settings
from tests.serve.test_server import Papers


@pytest.fixture(scope="module")
def gateway() -> Iterator[Gateway]:
    """A server that says a word for every 100 ms."""
    with gateway_in_thread(FakeReplica()) as found:
        yield found


def evaluate(folder: Path, address: str, *options: str, clips: int = 2) -> int:
    command = ["eval", str(save_manifest(folder, clips)), "--out", str(folder / "run")]
    return main([*command, "--server", address, "--unpaced", *options])


def logs(folder: Path) -> list[EmissionLog]:
    return [read_log(folder / "run" / path) for path in read_config(folder / "run").logs]


def test_a_servers_replies_are_scored_and_reported(
    gateway: Gateway, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(tmp_path, gateway.address) == 0
    (log,) = logs(tmp_path)
    assert log.config.system == gateway.address
    assert log.config.settings["paced"] is False
    assert [len(instance.words) for instance in log.instances] == [20, 25]
    assert "LAAL" in capsys.readouterr().out
    assert (tmp_path / "run" / "report.html").is_file()


def test_each_number_of_sessions_is_a_point(gateway: Gateway, tmp_path: Path) -> None:
    assert evaluate(tmp_path, gateway.address, "--sessions", "1,3", clips=4) == 0
    config = read_config(tmp_path / "run")
    assert config.sessions == (1, 3)
    assert config.server == gateway.address
    points = json.loads((tmp_path / "run" / "metrics.json").read_text())["points"]
    assert [point["config"]["settings"].get("sessions", 1) for point in points] == [1, 3]
    html = (tmp_path / "run" / "report.html").read_text("utf-8")
    assert "Under load" in html


def test_target_speech_is_asked_for_and_kept(gateway: Gateway, tmp_path: Path) -> None:
    assert evaluate(tmp_path, gateway.address, "--speech", clips=1) == 0
    (log,) = logs(tmp_path)
    (instance,) = log.instances
    assert instance.speech
    assert instance.speech_path is not None
    assert (tmp_path / "run" / instance.speech_path).is_file()
    found = json.loads((tmp_path / "run" / "metrics.json").read_text())["points"][0]
    assert found["figures"]["speech length"]["value"] == pytest.approx(0.85, abs=0.03)


def test_silence_is_played_to_a_server_as_well(gateway: Gateway, tmp_path: Path) -> None:
    assert evaluate(tmp_path, gateway.address, "--lead-silence", "0,1", clips=1) == 0
    plain, late = logs(tmp_path)
    # The scripted server writes in silence too: those words come before the recording begins.
    assert [word.delay_ms for word in late.instances[0].words[:2]] == [-900, -800]
    assert late.instances[0].source_length_ms == plain.instances[0].source_length_ms


def test_a_policy_that_only_the_server_knows_may_be_asked_for(
    gateway: Gateway, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(tmp_path, gateway.address, "--policy", "nobodys:k=1", clips=1) == 1
    assert "unknown policy" in capsys.readouterr().err  # as this server does not


def test_a_full_server_is_waited_for(tmp_path: Path) -> None:
    with gateway_in_thread(FakeReplica(lanes=1)) as small:
        assert evaluate(tmp_path, small.address, "--sessions", "2", clips=3) == 0
    (log,) = logs(tmp_path)
    assert len(log.instances) == 3


def test_a_server_that_is_not_there_is_said_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(tmp_path, "127.0.0.1:9") == 1
    said = capsys.readouterr().err
    assert "no server answers" in said
    assert "Traceback" not in said


def test_a_server_behind_tls_is_reached_by_its_authority_and_certificate(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    papers = Papers(tmp_path)
    mutual = replace(papers.server, client_ca=papers.authority)
    authority = ("--tls-authority", papers.authority)
    ours = ("--tls-certificate", papers.client.certificate, "--tls-key", papers.client.key)
    with gateway_in_thread(FakeReplica(), settings(tls=mutual)) as closed:
        assert evaluate(tmp_path, closed.address, clips=1) == 1
        assert evaluate(tmp_path, closed.address, *authority, clips=1) == 1
        assert evaluate(tmp_path, closed.address, *authority, *ours, clips=1) == 0
    assert len(logs(tmp_path)[0].instances) == 1


def test_a_key_is_sent_where_one_is_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tenant = Tenant("acme", digest_of("secret"))
    with gateway_in_thread(FakeReplica(), settings(tenants=(tenant,))) as guarded:
        assert evaluate(tmp_path, guarded.address, "--key", "", clips=1) == 1
        assert evaluate(tmp_path, guarded.address, "--key", "wrong", clips=1) == 1
        assert "key" in capsys.readouterr().err
        assert evaluate(tmp_path, guarded.address, "--key", "secret", clips=1) == 0
