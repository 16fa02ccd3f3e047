"""Keys that steer a live session: letters typed on the terminal become controls for the server."""

import asyncio
import os
import termios
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from interp.core.errors import InvalidRequest
from interp.core.events import MuteSpeech, SetPolicy, SkipBacklog
from interp.outlets.terminal import Status
from interp.policies import parse
from interp.policies.qualities import QUALITIES
from interp.policies.registry import parameters
from interp.wire.messages import Control

HELP = "m mute  s skip  + faster  - slower  q quit"
_STEPS = {  # what a policy's pace hangs on: the step towards slower, and the least value
    "k": (1, 1),
    "n": (1, 1),
    "k_max": (1, 2),
    "guard_ms": (200, 0),
    "unit_ms": (250, 250),
}


def paced_policy(policy: str, *, slower: bool) -> str:
    """The policy a step slower or faster, in the parameter that says how far behind it stays.

    The same where it has none, or has come to its end.
    """
    name, _, rest = QUALITIES.get(policy, policy).partition(":")
    given = dict(part.split("=", 1) for part in rest.split(",") if part)
    values = {**{key: str(value) for key, value in parameters(name).items()}, **given}
    agreed = name == "agree" and "guard_ms" in given  # the finer of its two
    key = "guard_ms" if agreed else next((key for key in _STEPS if key in values), None)
    if key is None or name == "offline":
        return policy
    step, least = _STEPS[key]
    given[key] = str(max(least, int(float(values[key])) + (step if slower else -step)))
    stepped = f"{name}:{','.join(f'{key}={value}' for key, value in given.items())}"
    try:
        parse(stepped)
    except InvalidRequest:
        return policy
    return stepped


class Keys:
    """What a key does. send: takes a control; end: ends the session; status: says how it stands."""

    def __init__(
        self, policy: str, send: Callable[[Control], None], end: Callable[[], None], status: Status
    ) -> None:
        self._policy, self._send, self._end, self._status = policy, send, end, status
        self._muted = False
        status.keys = HELP

    def press(self, key: str) -> None:
        """Do it; other keys do nothing."""
        match key:
            case "m":
                self._muted = not self._muted
                self._send(MuteSpeech(self._muted))
            case "s":
                self._send(SkipBacklog())
            case "+" | "-":
                self._policy = paced_policy(self._policy, slower=key == "-")
                self._send(SetPolicy(self._policy))
            case "q":
                self._end()
            case _:
                return
        muted = "muted  " if self._muted else ""
        self._status.note = f"{muted}{self._policy}"


@contextmanager
def typed(press: Callable[[str], None]) -> Iterator[None]:
    """Hand letters to `press` as they are typed, within; nothing where there is no terminal."""
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY)  # standard input may be the audio
    except OSError:
        yield
        return
    loop = asyncio.get_running_loop()
    before = termios.tcgetattr(terminal)

    def read() -> None:
        for letter in os.read(terminal, 64).decode(errors="ignore"):
            press(letter)

    try:
        tty.setcbreak(terminal)
        loop.add_reader(terminal, read)
        yield
    finally:
        loop.remove_reader(terminal)
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
        os.close(terminal)
