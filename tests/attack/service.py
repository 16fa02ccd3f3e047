"""`interp serve` in a process of its own."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.attack.processes import command_of, family


@dataclass
class Service:
    """A running `interp serve`: where it listens, and what it logs."""

    process: "subprocess.Popen[str]"
    address: str
    log: Path

    @property
    def pid(self) -> int:
        """Of the gateway."""
        return self.process.pid

    @property
    def folder(self) -> Path:
        """Of its Ray."""
        commands = map(command_of, family(self.pid))
        found = (re.search(r"(/\S*?/interp-ray-\w+)", command) for command in commands)
        return Path(next(match.group(1) for match in found if match))


@contextmanager
def service(
    *options: str, env: Mapping[str, str] | None = None, before: str = ""
) -> Iterator[Service]:
    """At its default settings but for these options. env: beside this process' environment.
    before: shell lines that are run first, in a mount namespace of its own, by root.
    """
    command = [sys.executable, "-m", "interp.cli", "serve", "--address", "127.0.0.1:0", *options]
    if before:
        command = ["unshare", "--mount", "sh", "-ec", f'{before}\nexec "$@"', "sh", *command]
    with TemporaryDirectory() as folder:
        log = Path(folder, "log")
        with (
            log.open("w") as errors,
            subprocess.Popen(
                command,
                env={**os.environ, **(env or {})},
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            ) as process,
        ):
            assert process.stdout
            line = process.stdout.readline()
            assert line, log.read_text()
            try:
                yield Service(process, line.split()[-1], log)
            finally:
                process.terminate()
