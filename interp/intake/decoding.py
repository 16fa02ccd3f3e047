"""The child's side of a container decoder: one stream, FFmpeg reading from a socket, under limits.

FFmpeg believes what bytes say of themselves, so it runs in a process that may fail: so much memory
more than at its start, so much processor time for the bytes of one message, and then it is killed.
"""

import os
import signal
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass
from typing import NoReturn, assert_never

import av
import numpy as np

from interp.core.audio import Samples
from interp.core.errors import InvalidRequest, Reason
from interp.intake.confined import confine
from interp.intake.format import Encoding, check_rate
from interp.intake.frames import MonoFrame, mono_frames

MESSAGE = struct.Struct("!I")  # bytes that follow
END = 2**32 - 1  # in its place: nothing more comes
ANSWER = struct.Struct("!?II")  # refused, rate or 0, bytes that follow: samples, or why

MEMORY_BYTES = 48 * 2**20
MESSAGE_CPU_S = 1.0
MAX_PUSH_S = 60  # decoded from one push; a bomb would give hours
MAX_BARREN_BYTES = 1 << 20  # in a row without any sample: FFmpeg searches garbage for ever

_OPUS_HEADERS = (b"OpusHead",)  # once per stream: a second one is a second, chained stream
_FLAC_HEADERS = (b"fLaC\x00\x00\x00\x22", b"fLaC\x80\x00\x00\x22")


@dataclass(frozen=True, slots=True)
class _Announced:
    container: str
    codec: str
    headers: tuple[bytes, ...]


def run(line: socket.socket, encoding: Encoding, channel: int | None) -> NoReturn:
    """Decode what comes over the line, answer each message, and end this process."""
    confine(MEMORY_BYTES)
    feed = _Feed(line, _announced(encoding), channel)
    try:
        feed.decode()
    except OSError:
        pass  # the session is over
    except (InvalidRequest, MemoryError) as error:
        why = error.message if isinstance(error, InvalidRequest) else too_costly().message
        with suppress(OSError):
            feed.refuse(why)
    os._exit(0)


class _Feed:
    """What FFmpeg reads from. An answer goes out when it has used up the bytes and asks for more,
    so that what comes out depends only on the bytes."""

    def __init__(self, line: socket.socket, announced: _Announced, channel: int | None) -> None:
        self._line, self._announced, self._channel = line, announced, channel
        self._headers = _HeaderCount(announced.headers)
        self._bytes = bytearray()
        self._frames: list[Samples] = []
        self._rate_hz = 0
        self._room_samples = self._barren_bytes = 0
        self._ended = False
        self._first = True

    def decode(self) -> None:
        """To the end of the line. Raises InvalidRequest, OSError."""
        self._receive()
        try:
            with av.open(
                self,
                "r",
                format=self._announced.container,
                options={"codec_whitelist": self._announced.codec},
            ) as container:
                for frame in mono_frames(container, self._announced.codec, self._channel):
                    self._keep(frame)
        except (av.FFmpegError, ValueError) as error:
            # At the end it is a stream cut short; before, bytes that are not what was announced.
            if not (self._ended and self._rate_hz):
                raise _undecodable() from error
        if not self._rate_hz:
            raise _undecodable()
        while not self._ended:  # FFmpeg has seen an end; whatever comes now is no audio
            self._answer()
            self._receive()
        self._answer()

    def read(self, size: int) -> bytes:
        """Up to `size` bytes for FFmpeg; empty at the end."""
        while not self._bytes and not self._ended:
            try:
                self._answer()
                self._receive()
            except OSError:  # the session is over; FFmpeg would only complain of the error
                os._exit(0)
        data = bytes(self._bytes[:size])
        del self._bytes[:size]
        return data

    def refuse(self, why: str) -> None:
        """Answer with an error."""
        text = why.encode()
        self._line.sendall(ANSWER.pack(True, 0, len(text)) + text)

    def _answer(self) -> None:
        if self._barren_bytes > MAX_BARREN_BYTES:
            raise _undecodable()
        samples = np.concatenate([np.zeros(0, np.float32), *self._frames])
        self._frames = []
        answer(self._line, samples, self._rate_hz)

    def _receive(self) -> None:
        data = message(self._line)
        if data is None:
            self._ended = True
            return
        if self._headers.after(data) > 1:
            raise InvalidRequest(Reason.BAD_ENCODING, "the container must hold one stream only")
        self._bytes += data
        self._barren_bytes += len(data)
        self._room_samples = MAX_PUSH_S * (self._rate_hz or 48_000)

    def _keep(self, frame: MonoFrame) -> None:
        check_rate(frame.rate_hz)
        self._rate_hz = frame.rate_hz
        self._room_samples -= frame.samples.size
        if self._room_samples < 0:
            raise InvalidRequest(
                Reason.BAD_ENCODING, "a message holds more audio than its size allows"
            )
        self._frames.append(frame.samples)
        self._barren_bytes = 0


class _HeaderCount:
    """Counts stream headers, all of eight bytes, in bytes that may be cut inside one."""

    def __init__(self, headers: tuple[bytes, ...]) -> None:
        self._headers = headers
        self._count = 0
        self._tail = b""

    def after(self, data: bytes) -> int:
        heard = self._tail + data
        self._count += sum(heard.count(header) for header in self._headers)
        self._tail = heard[-7:]
        return self._count


def received(line: socket.socket, size: int) -> bytes:
    """Exactly so many bytes. Raises ConnectionError at the end of the line."""
    data = bytearray(size)
    view = memoryview(data)
    while view:
        count = line.recv_into(view)
        if not count:
            raise ConnectionError("the other side has gone")
        view = view[count:]
    return bytes(data)


def message(line: socket.socket) -> bytes | None:
    """The next bytes to decode, for which processor time is counted from here; None: the end.

    Raises OSError.
    """
    size = MESSAGE.unpack(received(line, MESSAGE.size))[0]
    signal.setitimer(signal.ITIMER_PROF, MESSAGE_CPU_S)  # its signal kills
    return None if size == END else received(line, size)


def answer(line: socket.socket, samples: Samples, rate_hz: int) -> None:
    """What came of a message. rate_hz: 0 while it is not known. Raises OSError."""
    signal.setitimer(signal.ITIMER_PROF, 0)
    line.sendall(ANSWER.pack(False, rate_hz, samples.nbytes))
    line.sendall(samples.tobytes())


def too_costly() -> InvalidRequest:
    """What took more than a message may."""
    return InvalidRequest(Reason.BAD_ENCODING, "the audio takes more to decode than audio does")


def _announced(encoding: Encoding) -> _Announced:
    match encoding:
        case Encoding.FLAC:
            return _Announced("flac", "flac", _FLAC_HEADERS)
        case Encoding.OGG_OPUS:
            return _Announced("ogg", "opus", _OPUS_HEADERS)
        case Encoding.WEBM_OPUS:
            return _Announced("matroska", "opus", _OPUS_HEADERS)
        case Encoding.PCM16 | Encoding.FLOAT32 | Encoding.OPUS_PACKETS:
            raise AssertionError("raw samples and packets have no container")
        case _:
            assert_never(encoding)


def _undecodable() -> InvalidRequest:
    return InvalidRequest(Reason.BAD_ENCODING, "the audio is not what its encoding announces")
