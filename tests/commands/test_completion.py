"""`interp completion`: the script that a shell reads."""

import shutil
import subprocess

import pytest

from interp.cli import main
from interp.commands.options.parser import COMMANDS

SHELLS = ["bash", "zsh", "tcsh"]


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_is_known_to_each_shell(
    shell: str, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["completion", shell]) == 0
    assert command in capsys.readouterr().out


@pytest.mark.parametrize("shell", ["bash", "zsh"])
@pytest.mark.parametrize(
    "option", ["--captions", "--max-lag", "--resume-window", "--catch-up-ms", "--timeout-s"]
)
def test_options_of_all_commands_are_known(
    shell: str, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["completion", shell]) == 0
    assert option in capsys.readouterr().out


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")
def test_bash_can_read_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "bash"]) == 0
    script = capsys.readouterr().out
    ran = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
