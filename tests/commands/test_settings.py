"""Options over a file over defaults: what a command runs with in the end."""

import argparse
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from interp.cli import main
from interp.commands import serve
from interp.commands.options.parser import command_parser
from interp.commands.settings import deployment_of, models_over, over
from interp.core.errors import InvalidRequest
from interp.deployment import Deployment
from interp.models.settings import ModelSettings

DEFAULT = Deployment()
FILE = """
riva = true

[server]
address = "0.0.0.0:7000"
metrics_address = "0.0.0.0:7001"

[cluster]
replicas = 3

[host]
lanes = 5

[host.session]
catch_up_ms = 2500

[models]
translator = "whisper-small"
threads = 4

[page]
address = "0.0.0.0:7002"
"""


def parsed(*words: str) -> argparse.Namespace:
    return command_parser(words[0]).parse_args(words)


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "interp.toml"
    path.write_text(FILE)
    return str(path)


@dataclass(frozen=True)
class Pair:
    """Two settings."""

    left: int = 1
    right: int | None = 2


@pytest.mark.parametrize(
    ("given", "left", "right"),
    [({}, 1, 2), ({"left": None}, 1, 2), ({"left": 0}, 0, 2), ({"left": 5, "right": 6}, 5, 6)],
)
def test_only_what_is_given_goes_over(given: dict[str, int | None], left: int, right: int) -> None:
    assert over(Pair(), **given) == Pair(left, right)


def test_without_options_or_a_file_a_server_runs_on_the_defaults() -> None:
    assert serve.deployment_of(parsed("serve")) == DEFAULT


@pytest.mark.parametrize(
    ("words", "place", "value"),
    [
        ("--address 1.2.3.4:5", "server.address", "1.2.3.4:5"),
        ("--metrics-address 1.2.3.4:6", "server.metrics_address", "1.2.3.4:6"),
        ("--page-address 1.2.3.4:7", "page.address", "1.2.3.4:7"),
        ("--riva", "riva", True),
        ("--replicas 4", "cluster.replicas", 4),
        ("--replicas 4", "cluster.most", 4),
        ("--replicas 2:6", "cluster.replicas", 2),
        ("--replicas 2:6", "cluster.replicas_most", 6),
        ("--ray-address ray:1", "cluster.ray_address", "ray:1"),
        ("--gpus-per-replica 0.25", "cluster.gpus_per_replica", 0.25),
        ("--lanes 3", "host.lanes", 3),
        ("--catch-up-ms 1234", "host.session.catch_up_ms", 1234),
        ("--catch-up-ms 0", "host.session.catch_up_ms", None),
        ("--model whisper-tiny", "models.translator", "whisper-tiny"),
        ("--threads 0", "models.threads", 0),
        ("--device cpu", "models.device", "cpu"),
        ("--voice a --voice b", "models.voices", (Path("a"), Path("b"))),
    ],
)
def test_an_option_of_serve_reaches_its_setting_with_and_without_a_file(
    words: str, place: str, value: object, file: str
) -> None:
    for before in ([], ["--config", file]):
        found: object = serve.deployment_of(parsed("serve", *before, *words.split()))
        for name in place.split("."):
            found = getattr(found, name)
        assert found == value


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("server.address", "0.0.0.0:7000"),
        ("server.metrics_address", "0.0.0.0:7001"),
        ("page.address", "0.0.0.0:7002"),
        ("riva", True),
        ("cluster.replicas", 3),
        ("host.lanes", 5),
        ("host.session.catch_up_ms", 2500),
        ("models.translator", "whisper-small"),
        ("models.threads", 4),
        ("server.drain_s", DEFAULT.server.drain_s),
        ("models.device", DEFAULT.models.device),
    ],
)
def test_what_no_option_says_stays_as_the_file_says(place: str, value: object, file: str) -> None:
    found: object = serve.deployment_of(parsed("serve", "--config", file))
    for name in place.split("."):
        found = getattr(found, name)
    assert found == value


def test_translate_takes_its_models_from_the_file_and_its_options(file: str) -> None:
    args = parsed("translate", "a.wav", "--config", file, "--device", "cpu")
    models = deployment_of(args).models
    assert (models.translator, models.threads, models.device) == ("whisper-small", 4, "cpu")


def test_say_has_no_model_and_keeps_the_others() -> None:
    args = parsed("say", "Hi", "--out", "a.wav", "--voice", "v", "--threads", "2")
    models = models_over(ModelSettings(translator="mine"), args)
    assert (models.translator, models.voices, models.threads) == ("mine", (Path("v"),), 2)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[server]\nadress = 'a:1'\n", "adress"),
        ("[sever]\naddress = 'a:1'\n", "sever"),
        ("[host]\nlanes = 'many'\n", "lanes"),
        ("[server\n", "interp.toml"),
    ],
)
def test_a_slip_in_the_file_is_one_line_that_names_it(
    text: str, named: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "interp.toml"
    path.write_text(text)
    with pytest.raises(InvalidRequest):
        serve.deployment_of(parsed("serve", "--config", str(path)))
    for command in (["config", "show"], ["serve", "--local"]):
        assert main([*command, "--config", str(path)]) == 1
        told = capsys.readouterr()
        assert told.out == ""
        assert named in told.err
        assert told.err.startswith(f"interp {command[0]}: ")
        assert told.err.count("\n") == 1


def test_a_file_that_is_not_there_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["config", "show", "--config", str(tmp_path / "none.toml")]) == 1
    assert "none.toml" in capsys.readouterr().err


def test_config_show_prints_the_file_and_the_defaults_around_it(
    file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["config", "show", "--config", file]) == 0
    shown = tomllib.loads(capsys.readouterr().out)
    assert shown["server"]["address"] == "0.0.0.0:7000"
    assert shown["server"]["drain_s"] == DEFAULT.server.drain_s
    assert shown["models"]["translator"] == "whisper-small"
    assert shown["host"]["session"]["catch_up_ms"] == 2500
    assert shown["riva"] is True


@pytest.mark.parametrize(
    "part", ["server", "session", "intake", "dispatch", "cluster", "host", "gate", "models", "page"]
)
def test_config_show_shows_each_part_without_a_file(
    part: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["config", "show"]) == 0
    assert tomllib.loads(capsys.readouterr().out)[part]
