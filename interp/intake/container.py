"""Streaming decode of a container: FFmpeg pulls from a pipe in one thread per session.

`push` returns when the thread has used up the bytes and waits for more, so that what comes out
depends only on the bytes. A bad byte ends this decoder; its thread ends with it.
"""

import threading
from dataclasses import dataclass
from typing import assert_never

import av
import numpy as np

from interp.core.audio import Samples
from interp.core.errors import EngineFailed, InterpError, InvalidRequest, Reason
from interp.intake.format import Encoding, check_rate
from interp.intake.frames import MonoFrame, mono_frames

_OPUS_HEADERS = (b"OpusHead",)  # once per stream: a second one is a second, chained stream
_FLAC_HEADERS = (b"fLaC\x00\x00\x00\x22", b"fLaC\x80\x00\x00\x22")
_DECODE_DEADLINE_S = 10.0  # for the bytes of one push
_IDLE_DEADLINE_S = 900.0  # for the next push; a decoder that was never closed ends its thread
_MAX_PUSH_S = 120  # decoded from one push; a bomb would give hours
_MAX_BARREN_BYTES = 1 << 20  # in a row without any sample: FFmpeg searches garbage for ever


@dataclass(frozen=True, slots=True)
class _Announced:
    container: str
    codec: str
    headers: tuple[bytes, ...]


class ContainerDecoder:
    """Decodes one stream of container bytes to mono float32 at the container's rate.

    rate_hz: known with the first samples, 0 before. Not for use from two threads at once.
    """

    def __init__(self, encoding: Encoding) -> None:
        self._announced = _announced(encoding)
        self._moved = threading.Condition()
        self._bytes = bytearray()
        self._ended = False
        self._hungry = False  # the thread has used up all bytes and waits
        self._done = False
        self._error: InterpError | None = None
        self._frames: list[Samples] = []
        self._room_samples = 0
        self._barren_bytes = 0
        self._fed = False
        self._headers = _HeaderCount(self._announced.headers)
        self.rate_hz = 0
        self._thread = threading.Thread(target=self._run, name="container-decoder", daemon=True)
        self._thread.start()

    def push(self, data: bytes) -> Samples:
        """Container bytes, cut anywhere, to the samples [sample] that they complete.

        Raises InvalidRequest(BAD_ENCODING) for what does not decode and for a second stream.
        """
        if self._headers.after(data) > 1:
            self.close()
            raise InvalidRequest(Reason.BAD_ENCODING, "the container must hold one stream only")
        return self._exchange(data, ended=False)

    def finish(self) -> Samples:
        """The samples [sample] still inside the decoder; the thread has ended afterwards.

        A stream cut off after its header gives what there is: a lost line must not cost words.
        Raises InvalidRequest(BAD_ENCODING) when bytes came but no audio was in them.
        """
        if not self._fed:
            self.close()
            return np.zeros(0, np.float32)
        samples = self._exchange(b"", ended=True)
        self._thread.join(_DECODE_DEADLINE_S)
        return samples

    def close(self) -> None:
        """Drop everything and end the thread; may be called at any time, also twice."""
        with self._moved:
            self._ended = True
            self._bytes.clear()
            self._room_samples = 0
            self._moved.notify_all()
        self._thread.join(_DECODE_DEADLINE_S)

    def _exchange(self, data: bytes, ended: bool) -> Samples:
        with self._moved:
            self._room_samples = _MAX_PUSH_S * (self.rate_hz or 48_000)
            self._bytes += data
            self._barren_bytes += len(data)
            self._fed = self._fed or bool(data)
            self._ended = self._ended or ended
            self._hungry = self._hungry and not data and not ended
            self._moved.notify_all()
            if not self._moved.wait_for(lambda: self._hungry or self._done, _DECODE_DEADLINE_S):
                raise EngineFailed(Reason.ENGINE_FAILED, "the audio decoder does not answer")
            frames, self._frames = self._frames, []
            if self._error is not None:
                raise self._error
            if self._barren_bytes > _MAX_BARREN_BYTES:
                raise _undecodable()
        return np.concatenate([np.zeros(0, np.float32), *frames])

    def read(self, size: int) -> bytes:
        """Up to `size` bytes for FFmpeg, which calls this from the thread; empty at the end."""
        with self._moved:
            if not self._bytes and not self._ended:
                self._hungry = True
                self._moved.notify_all()
                self._moved.wait_for(lambda: self._bytes or self._ended, _IDLE_DEADLINE_S)
            data = bytes(self._bytes[:size])
            del self._bytes[:size]
            return data

    def _run(self) -> None:
        error: InterpError | None = EngineFailed(Reason.ENGINE_FAILED, "the audio decoder failed")
        try:
            with av.open(self, "r", format=self._announced.container) as container:
                for frame in mono_frames(container, self._announced.codec):
                    self._keep(frame)
            error = None if self.rate_hz else _undecodable()
        except InvalidRequest as invalid:
            error = invalid
        except (av.FFmpegError, ValueError):
            # At the end it is a stream cut short; before, bytes that are not what was announced.
            error = None if self._ended and self.rate_hz else _undecodable()
        finally:
            with self._moved:
                self._error = error
                self._done = True
                self._moved.notify_all()

    def _keep(self, frame: MonoFrame) -> None:
        check_rate(frame.rate_hz)
        with self._moved:
            self.rate_hz = frame.rate_hz
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


def _announced(encoding: Encoding) -> _Announced:
    match encoding:
        case Encoding.FLAC:
            return _Announced("flac", "flac", _FLAC_HEADERS)
        case Encoding.OGG_OPUS:
            return _Announced("ogg", "opus", _OPUS_HEADERS)
        case Encoding.WEBM_OPUS:
            return _Announced("matroska", "opus", _OPUS_HEADERS)
        case Encoding.PCM16 | Encoding.FLOAT32:
            raise AssertionError("raw samples have no container")
        case _:
            assert_never(encoding)


def _undecodable() -> InvalidRequest:
    return InvalidRequest(Reason.BAD_ENCODING, "the audio is not what its encoding announces")
