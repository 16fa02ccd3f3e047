"""A headless Chromium, told what to do over its debugging pipe: one JSON object per NUL."""

import base64
import fcntl
import json
import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--remote-debugging-pipe",
)
READ_FD, WRITE_FD = 3, 4  # fixed by the protocol


def find() -> str | None:
    """The browser of this machine: INTERP_CHROMIUM, or one by its usual names."""
    named = os.environ.get("INTERP_CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


@dataclass
class Tab:
    """One page. events: everything that the browser told, in order."""

    to: BinaryIO
    source: BinaryIO
    session: str = ""
    events: list[dict[str, Any]] = field(default_factory=list)
    asked: int = 0

    def ask(self, method: str, **params: Any) -> Any:
        """Call a method of the DevTools protocol; its result."""
        self.asked += 1
        message: dict[str, Any] = {"id": self.asked, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        self.to.write(json.dumps(message).encode() + b"\0")
        self.to.flush()
        while True:
            told = self._receive()
            if told.get("id") == self.asked:
                assert "error" not in told, f"{method}: {told['error']}"
                return told["result"]
            self.events.append(told)

    def wait_for(self, method: str) -> None:
        """Read until this event has come."""
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self._receive())

    def told(self, method: str) -> list[Any]:
        """Parameters of all events of this name."""
        return [event["params"] for event in self.events if event.get("method") == method]

    def evaluate(self, expression: str) -> Any:
        """Value of a JavaScript expression."""
        result = self.ask("Runtime.evaluate", expression=expression, returnByValue=True)
        return result["result"].get("value")

    def until(self, expression: str, timeout_s: float = 40.0) -> Any:
        """Value of a JavaScript expression, once it is something."""
        deadline = time.monotonic() + timeout_s
        while not (value := self.evaluate(expression)):
            if time.monotonic() > deadline:
                self.picture(Path("out/never.png"))
                raise AssertionError(f"it never came to be: {expression}")
            time.sleep(0.05)
        return value

    def settled(self, expression: str) -> Any:
        """Value of a promise."""
        result = self.ask(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def another(self) -> "Tab":
        """One more tab of the browser; tell one of them at a time."""
        tab = Tab(self.to, self.source)
        target = tab.ask("Target.createTarget", url="about:blank")["targetId"]
        attached = tab.ask("Target.attachToTarget", targetId=target, flatten=True)
        tab.session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            tab.ask(f"{domain}.enable")
        return tab

    def go(self, url: str) -> None:
        """Open a page."""
        self.ask("Page.navigate", url=url)
        self.until("document.readyState === 'complete'")

    def picture(self, path: Path) -> None:
        """What is seen, as a PNG."""
        data = self.ask("Page.captureScreenshot", format="png")["data"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(data))

    def _receive(self) -> dict[str, Any]:
        told = bytearray()
        while (byte := self.source.read(1)) != b"\0":
            assert byte, "the browser has gone"
            told += byte
        message: dict[str, Any] = json.loads(told)
        return message


@contextmanager
def opened(executable: str, profile: Path) -> Iterator[Tab]:
    """A tab that shows nothing yet; the browser ends with the block."""
    commands, to = os.pipe()
    source, answers = os.pipe()
    process = _started([executable, *FLAGS, f"--user-data-dir={profile}"], commands, answers)
    os.close(commands)
    os.close(answers)
    with os.fdopen(to, "wb") as writing, os.fdopen(source, "rb", buffering=0) as reading:
        try:
            yield Tab(writing, reading).another()
        finally:
            os.killpg(process, signal.SIGKILL)
            os.waitpid(process, 0)


def _started(command: list[str], commands: int, answers: int) -> int:
    """A browser with these ends of its pipe where it looks for them, first of a group of its own.

    Nothing of this process runs in it before: a fork would find its threads' locks as they were.
    """
    apart = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, WRITE_FD + 1) for end in (commands, answers)]
    places = zip(apart, (READ_FD, WRITE_FD), strict=True)
    actions = [(os.POSIX_SPAWN_DUP2, end, place) for end, place in places]
    silent = (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)
    try:
        return os.posix_spawn(
            command[0], command, os.environ, file_actions=[*actions, silent], setsid=True
        )
    finally:
        for end in apart:
            os.close(end)
