"""A line between two processes of one user on one machine: requests one way, answers the other.

It is an abstract Unix socket: there is no file to be opened by others or left behind, and both ends
look whose the other is. A message is its length in 8 bytes and itself.
"""

import asyncio
import os
import secrets
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field

READY = b"+"
_LENGTH = struct.Struct("<Q")
_PEER = struct.Struct("3i")


def listen() -> tuple[socket.socket, str]:
    """A socket that takes lines, and its address."""
    address = f"\0interp-{secrets.token_hex(16)}"
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(address)
    listener.listen()
    return listener, address


def peer(line: socket.socket) -> int:
    """The process at the other end. Raises PermissionError if it is another user's."""
    packed = line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
    pid, user, _ = _PEER.unpack(packed)
    if user != os.getuid():
        raise PermissionError("the other end of the line is another user's")
    return int(pid)


def attend(line: socket.socket, answer: Callable[[bytes], bytes]) -> None:
    """Answer requests, one after the other, until the other end is gone."""
    line.sendall(READY)
    with line.makefile("rb") as requests:
        while length := requests.read(_LENGTH.size):
            reply = answer(requests.read(*_LENGTH.unpack(length)))
            line.sendall(_LENGTH.pack(len(reply)) + reply)


@dataclass
class Line:
    """The end that asks. Requests wait for each other."""

    _reader: asyncio.StreamReader
    _writer: asyncio.StreamWriter
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    @classmethod
    async def open(cls, address: str, within_s: float) -> "Line":
        """Raises OSError, EOFError and TimeoutError where nobody answers, PermissionError."""
        async with asyncio.timeout(within_s):
            opened = cls(*await asyncio.open_unix_connection(address))
            try:
                peer(opened._writer.get_extra_info("socket"))
                await opened._reader.readexactly(len(READY))
            except BaseException:
                opened.close()
                raise
        return opened

    async def ask(self, request: bytes) -> bytes:
        """The answer, however long it takes. Raises OSError, EOFError when the other end is gone.

        Who is cancelled meanwhile ends the line: the next would be given this one's answer.
        """
        async with self._turn:
            try:
                self._writer.write(_LENGTH.pack(len(request)))
                self._writer.write(request)
                await self._writer.drain()
                (length,) = _LENGTH.unpack(await self._reader.readexactly(_LENGTH.size))
                return await self._reader.readexactly(length)
            except BaseException:
                self._writer.transport.abort()
                raise

    def close(self) -> None:
        """Hang up."""
        self._writer.close()
