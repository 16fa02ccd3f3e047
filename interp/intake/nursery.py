"""Forks one decoder process for each stream: a small parent that has FFmpeg loaded and no threads.

A process of its own, since forking the gateway would copy its threads' locks, and starting Python
anew for each stream takes half a second. It ends when the gateway does.

    python -m interp.intake.nursery      the control socket is its standard input
"""

import atexit
import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass
from typing import NoReturn

from interp.intake import decoding, packet_decoding
from interp.intake.format import Encoding

READY = b"+"
START_WITHIN_S = 30.0
FATE_WITHIN_S = 5.0
_NAME_BYTES = 64

FROM_OUTSIDE = (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
"""Signals that no stream brings on its decoder: those that its limits and its faults do are others.
"""
_KILLED, _ENDED = b"k", b"e"


@dataclass(frozen=True, slots=True)
class Child:
    """A decoder process. line: to it. fate: says how it ended."""

    line: socket.socket
    fate: socket.socket

    def was_killed(self) -> bool:
        """Of one whose line has ended: whether that was nothing of its own or its stream's doing.

        Blocks for a moment. Nobody knows where the nursery has died too, as when a machine is out
        of memory.
        """
        self.fate.settimeout(FATE_WITHIN_S)
        try:
            return self.fate.recv(1) != _ENDED
        except OSError:
            return True

    def close(self) -> None:
        """It ends, whatever it is at; at any time, also twice."""
        for each in (self.line, self.fate):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


class Nursery:
    """The gateway's side: starts the process with the first stream, and again if it has died."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def fork(self, encoding: Encoding, channel: int | None = None) -> Child:
        """A new decoder, of one channel or the mean. Blocks for a moment; the first time
        for as long as Python takes to start. Raises OSError."""
        wanted = encoding.value if channel is None else f"{encoding.value} {channel}"
        with self._lock:
            try:
                return self._born(wanted)
            except OSError:
                self._end()
                return self._born(wanted)

    def close(self) -> None:
        """End the process; its decoders end with their lines."""
        with self._lock:
            self._end()

    def _born(self, wanted: str) -> Child:
        """A decoder that has said that it is there: one may ask a process that is dying."""
        control = self._control or self._start()
        line, fate = socket.socketpair(), socket.socketpair()
        child = Child(line[0], fate[0])
        child.line.settimeout(START_WITHIN_S)
        try:
            with line[1], fate[1]:
                given = [line[1].fileno(), fate[1].fileno()]
                socket.send_fds(control, [wanted.encode()], given)
            if child.line.recv(len(READY)) != READY:
                raise ConnectionError("the decoder did not start")
        except OSError:
            child.close()
            raise
        return child

    def _start(self) -> socket.socket:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            command = [sys.executable, "-m", "interp.intake.nursery"]
            self._process = subprocess.Popen(
                command,
                stdin=theirs.fileno(),
                stderr=subprocess.DEVNULL,  # FFmpeg's chatter
            )
        return self._control

    def _end(self) -> None:
        if self._control and self._process:
            self._control.close()
            self._process.kill()
            self._process.wait()
        self._control = self._process = None


NURSERY = Nursery()
"""Of this process: it is shared as the processor is, and holds nothing of any stream."""
atexit.register(NURSERY.close)


def main() -> None:
    """Fork for every request until the gateway is gone, and tell it of those that have ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=os.dup(0))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)  # a decoder that outlives us is not to keep the control line open
    os.close(nothing)
    wards: dict[int, _Ward] = {}
    waiting = select.poll()
    waiting.register(control, select.POLLIN)
    while True:
        for descriptor, _ in waiting.poll():
            if ward := wards.pop(descriptor, None):
                waiting.unregister(descriptor)
                os.close(descriptor)
                ward.bury()
                continue
            name, given, _, _ = socket.recv_fds(control, _NAME_BYTES, 2)
            if not given:
                return
            line, fate = (socket.socket(fileno=each) for each in given)
            ward = _Ward(_forked(line, name.decode()), fate)
            line.close()
            own = os.pidfd_open(ward.pid)
            wards[own] = ward
            waiting.register(own, select.POLLIN)


@dataclass(frozen=True, slots=True)
class _Ward:
    """A decoder that is to be looked after."""

    pid: int
    fate: socket.socket

    def bury(self) -> None:
        """It has ended; whoever had it forked may want to know how."""
        code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        with self.fate, contextlib.suppress(OSError):
            self.fate.sendall(_KILLED if -code in FROM_OUTSIDE else _ENDED)


def _forked(line: socket.socket, wanted: str) -> int:
    """The process that decodes what comes over a line, and keeps nothing else open."""
    pid = os.fork()
    if pid == 0:
        kept = line.fileno()
        os.closerange(3, kept)
        os.closerange(kept + 1, os.sysconf("SC_OPEN_MAX"))
        line.sendall(READY)
        encoding, *channel = wanted.split()
        _decode(line, Encoding(encoding), int(channel[0]) if channel else None)
    return pid


def _decode(line: socket.socket, encoding: Encoding, channel: int | None) -> NoReturn:
    if encoding is Encoding.OPUS_PACKETS:
        packet_decoding.run(line, channel)
    decoding.run(line, encoding, channel)


if __name__ == "__main__":
    main()
