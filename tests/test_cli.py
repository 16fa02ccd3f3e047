"""The command as a person meets it: help, versions, slips of the finger, pipes that close."""

import resource
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from interp.cli import EXTRAS, main

ROOT = Path(__file__).parents[1]
PACKAGES = {"PIL": "pillow", "yaml": "pyyaml"}  # that are not called as their module is
PROGRAM = [sys.executable, "-m", "interp.cli"]


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    assert ended.value.code == 2
    return capsys.readouterr().err


def test_help_waits_for_nothing_heavy() -> None:
    code = (
        "import sys; from interp.commands.options.parser import command_parser;"
        "import interp.cli; command_parser('translate').format_help(); command_parser(whole=True);"
        "print(*sorted({name.split('.')[0] for name in sys.modules}))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    heavy = {"torch", "ray", "grpc", "av", "onnxruntime", "jinja2", "rich", "yaml"}
    assert not heavy & set(loaded.stdout.split())


@pytest.mark.parametrize(("module", "extra"), sorted(EXTRAS.items()))
def test_the_extra_that_a_missing_module_names_brings_it(module: str, extra: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    brought = " ".join(project["optional-dependencies"][extra]).lower().replace("_", "-")
    assert PACKAGES.get(module, module) in brought


@pytest.mark.parametrize("words", [["--help"], ["evaluate", "--help"], ["tune", "--help"]])
def test_help_is_there_at_once(words: list[str]) -> None:
    took_s = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([*PROGRAM, *words], capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        took_s.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(took_s) < 0.2  # of the processor: tests share theirs


def test_a_slip_in_a_command_or_an_option_is_met_with_the_nearest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert "did you mean translate?" in refused(capsys, "trnaslate", "x.wav")
    assert "did you mean --captions?" in refused(capsys, "translate", "x.wav", "--caption", "srt")


@pytest.mark.parametrize("value", ["5", "5000", "0", "x"])
def test_chunks_have_a_sensible_length(value: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "--chunk-ms" in refused(capsys, "stream", "-", "--chunk-ms", value)


def test_the_version_is_the_package_s(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("interp 0.")


def test_help_names_defaults(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["translate", "--help"])
    text = " ".join(capsys.readouterr().out.split())
    assert "(default: fr)" in text
    assert "(default: whisper-base)" in text


def test_completion_knows_commands_and_options(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "bash"]) == 0
    script = capsys.readouterr().out
    assert "--captions" in script
    assert "evaluate" in script


def test_a_reader_that_goes_away_is_no_news() -> None:
    command = " ".join([*PROGRAM, "config", "show", "|", "head", "-1"])
    ran = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert ran.stdout.count("\n") == 1
    assert ran.stderr == ""


@pytest.mark.parametrize("closed", ["0<&-", "2>&-"])
def test_no_file_takes_the_place_of_a_standard_one_that_is_closed(closed: str) -> None:
    code = (
        "import os, sys, interp.cli; sys.argv[1:] = ['--version']\n"
        "try: interp.cli.program()\n"
        "except SystemExit: print(os.open('/dev/null', os.O_RDONLY) > 2)"
    )
    command = ["/bin/sh", "-c", f'exec "$0" -c "$1" {closed}', sys.executable, code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.splitlines()[-1] == "True"
