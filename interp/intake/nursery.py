"""Forks one decoder process for each stream: a small parent that has FFmpeg loaded and no threads.

A process of its own, since forking the gateway would copy its threads' locks, and starting Python
anew for each stream takes half a second. It ends when the gateway does.

    python -m interp.intake.nursery      the control socket is its standard input
"""

import atexit
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from typing import NoReturn

from interp.intake import decoding, packet_decoding
from interp.intake.format import Encoding

READY = b"+"
START_WITHIN_S = 30.0
_NAME_BYTES = 64


class Nursery:
    """The gateway's side: starts the process with the first stream, and again if it has died."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def fork(self, encoding: Encoding, channel: int | None = None) -> socket.socket:
        """A line to a new decoder, of one channel or the mean. Blocks for a moment; the first time
        for as long as Python takes to start. Raises OSError."""
        wanted = encoding.value if channel is None else f"{encoding.value} {channel}"
        with self._lock:
            try:
                return self._line(wanted)
            except OSError:
                self._end()
                return self._line(wanted)

    def close(self) -> None:
        """End the process; its decoders end with their lines."""
        with self._lock:
            self._end()

    def _line(self, wanted: str) -> socket.socket:
        """To a decoder that has said that it is there: one may ask a process that is dying."""
        control = self._control or self._start()
        ours, theirs = socket.socketpair()
        ours.settimeout(START_WITHIN_S)
        try:
            with theirs:
                socket.send_fds(control, [wanted.encode()], [theirs.fileno()])
            if ours.recv(len(READY)) != READY:
                raise ConnectionError("the decoder did not start")
        except OSError:
            ours.close()
            raise
        return ours

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
    """Fork for every request until the gateway is gone."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=os.dup(0))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)  # a decoder that outlives us is not to keep the control line open
    os.close(nothing)
    while True:
        name, lines, _, _ = socket.recv_fds(control, _NAME_BYTES, 1)
        if not lines:
            return
        line = socket.socket(fileno=lines[0])
        if os.fork() == 0:
            with contextlib.suppress(OSError):
                control.close()
            line.sendall(READY)
            encoding, *channel = name.decode().split()
            _decode(line, Encoding(encoding), int(channel[0]) if channel else None)
        line.close()


def _decode(line: socket.socket, encoding: Encoding, channel: int | None) -> NoReturn:
    if encoding is Encoding.OPUS_PACKETS:
        packet_decoding.run(line, channel)
    decoding.run(line, encoding, channel)


if __name__ == "__main__":
    main()
