"""One file reaches every setting, and options go over it."""

import argparse
import dataclasses
import tomllib
from pathlib import Path

import pytest

from interp.cli import main
from interp.commands import serve
from interp.commands.options import serve as serve_options
from interp.commands.options import translate as translate_options
from interp.commands.settings import deployment_of
from interp.core.errors import InvalidRequest
from interp.core.settings import rendered
from interp.deployment import Deployment, read_deployment

EXAMPLE = Path(__file__).parent.parent / "docs" / "examples" / "interp.toml"


def options(of: object, *words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    of.add(parser)  # type: ignore[attr-defined]
    return parser.parse_args(words)


def written(folder: Path, text: str) -> str:
    path = folder / "interp.toml"
    path.write_text(text)
    return str(path)


def test_the_example_names_every_part() -> None:
    assert read_deployment(EXAMPLE).models.device == "cuda"
    named = tomllib.loads(EXAMPLE.read_text()).keys()
    assert named >= {f.name for f in dataclasses.fields(Deployment)}


def test_what_config_show_prints_reads_back_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["config", "show", "--config", str(EXAMPLE)]) == 0
    again = written(tmp_path, capsys.readouterr().out)
    assert read_deployment(Path(again)) == read_deployment(EXAMPLE)


def test_defaults_render_and_read_back(tmp_path: Path) -> None:
    path = Path(written(tmp_path, rendered(Deployment())))
    assert read_deployment(path) == Deployment() == read_deployment(None)


def test_what_is_secret_is_not_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, "[page]\nsecret = 'abc123'\ntenant_key = 'xyz789'\n")
    assert main(["config", "show", "--config", path]) == 0
    shown = capsys.readouterr().out
    assert "abc123" not in shown
    assert "xyz789" not in shown
    assert "# secret is set, and not shown" in shown


def test_a_mouth_set_in_a_file_leaves_its_host_as_it_is(tmp_path: Path) -> None:
    path = written(tmp_path, "[host.session.speech]\nlead_words = 3\n")
    host = read_deployment(Path(path)).host
    assert host.session.speech.lead_words == 3
    assert host.session.catch_up_ms == Deployment().host.session.catch_up_ms


def test_serve_options_go_over_the_file(tmp_path: Path) -> None:
    text = "[cluster]\nreplicas = 3\n[host]\nlanes = 2\n[models]\nthreads = 4\n"
    words = ("--config", written(tmp_path, text), "--lanes", "5", "--catch-up-ms", "0")
    found = serve.deployment_of(options(serve_options, *words, "--gpus-per-replica", "0.5"))
    assert (found.cluster.replicas, found.cluster.gpus_per_replica) == (3, 0.5)
    assert (found.host.lanes, found.host.session.catch_up_ms) == (5, None)
    assert found.models.threads == 4


def test_translate_reads_the_same_file(tmp_path: Path) -> None:
    path = written(tmp_path, "[gate]\npause_ms = 500\n[models]\ndevice = 'cpu'\n")
    found = deployment_of(options(translate_options, "a.wav", "--config", path, "--threads", "2"))
    assert (found.gate.pause_ms, found.models.device, found.models.threads) == (500, "cpu", 2)


def test_a_gpu_that_ray_does_not_reserve_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--device", "cuda"]) == 1
    assert "gpus_per_replica" in capsys.readouterr().err


def test_a_key_that_is_not_known_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match=r"unknown key gate\.pause; known"):
        read_deployment(Path(written(tmp_path, "[gate]\npause = 3\n")))
