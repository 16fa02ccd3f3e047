"""Streaming decode of a container or of packets, in a process of its own: see `decoding`,
`packet_decoding` and `nursery`.

`push` returns when the decoder has used up the bytes and waits for more, so that what comes out
depends only on the bytes. A bad byte ends this decoder; its process ends with it.
"""

import contextlib
import socket

import numpy as np

from interp.core.audio import Samples
from interp.core.errors import EngineFailed, InvalidRequest, Reason
from interp.intake.decoding import ANSWER, END, MESSAGE, received, too_costly
from interp.intake.format import Encoding
from interp.intake.nursery import NURSERY

ANSWER_WITHIN_S = 30.0
"""Wall time; processor time is limited long before, where there is any to be had."""


class ContainerDecoder:
    """Decodes one stream of container bytes to mono float32 at the container's rate.

    Of packets without a container each push is one, and brings its samples, or none if it does not
    decode. channel: the one to hear, None: the mean.
    rate_hz: known with the first samples, 0 before. Its process starts with the first bytes. Calls
    block; not for use from two threads at once, but for `close`.
    """

    def __init__(self, encoding: Encoding, channel: int | None = None) -> None:
        self._encoding, self._channel = encoding, channel
        self._line: socket.socket | None = None
        self._closed = False
        self._error: InvalidRequest | EngineFailed | None = None
        self.rate_hz = 0

    def push(self, data: bytes) -> Samples:
        """Container bytes, cut anywhere, to the samples [sample] that they complete.

        Raises InvalidRequest(BAD_ENCODING) for what does not decode, or not at the cost of audio,
        and for a second stream.
        """
        if not data:
            return np.zeros(0, np.float32)
        return self._exchange(MESSAGE.pack(len(data)) + data)

    def finish(self) -> Samples:
        """The samples [sample] still inside the decoder; its process has ended afterwards.

        A stream cut off after its header gives what there is: a lost line must not cost words.
        Raises InvalidRequest(BAD_ENCODING) when bytes came but no audio was in them.
        """
        if self._line is None:
            return np.zeros(0, np.float32)
        try:
            return self._exchange(MESSAGE.pack(END))
        finally:
            self.close()

    def close(self) -> None:
        """Drop everything and end the process; may be called at any time, also twice."""
        self._closed = True
        if self._line:
            with contextlib.suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)
            self._line.close()

    def _exchange(self, message: bytes) -> Samples:
        if self._error:
            raise self._error
        try:
            if self._line is None and not self._closed:
                self._line = NURSERY.fork(self._encoding, self._channel)
                self._line.settimeout(ANSWER_WITHIN_S)
            assert self._line, "a decoder that was closed is not pushed"
            self._line.sendall(message)
            refused, rate_hz, size = ANSWER.unpack(received(self._line, ANSWER.size))
            payload = received(self._line, size)
        except TimeoutError as error:
            silent = EngineFailed(Reason.ENGINE_FAILED, "the audio decoder does not answer")
            raise self._failed(silent) from error
        except OSError as error:  # it died of its limits
            raise self._failed(too_costly()) from error
        if refused:
            raise self._failed(InvalidRequest(Reason.BAD_ENCODING, payload.decode()))
        self.rate_hz = rate_hz or self.rate_hz
        return np.frombuffer(payload, np.float32)

    def _failed(self, error: InvalidRequest | EngineFailed) -> InvalidRequest | EngineFailed:
        self._error = error
        self.close()
        return error
