"""Streaming decode of a container or of packets, in a process of its own: see `decoding`,
`packet_decoding` and `nursery`.

`push` returns when the decoder has used up the bytes and waits for more, so that what comes out
depends only on the bytes. A bad byte ends this decoder; its process ends with it. A process that
was killed from outside is replaced by one that is told all bytes again.
"""

from collections import deque
from collections.abc import Iterator

import numpy as np

from interp.core.audio import Samples
from interp.core.errors import InterpError, InvalidRequest, Reason, Unavailable
from interp.intake.decoding import ANSWER, END, MESSAGE, received, too_costly
from interp.intake.format import Encoding
from interp.intake.nursery import NURSERY, Child
from interp.intake.past import MAX_BYTES, MESSAGE_BYTES

ANSWER_WITHIN_S = 30.0
"""Wall time; processor time is limited long before, where there is any to be had."""
MOST_TRIES = 3
"""Processes that are given a message before whatever kills them has the session."""
SETTLING_PACKETS = 25
"""After so many of 20 ms a decoder of packets no longer shows that it has not heard those before.
"""
RETRY_AFTER_MS = 1000


class ContainerDecoder:
    """Decodes one stream of container bytes to mono float32 at the container's rate.

    Of packets without a container each push is one, and brings its samples, or none if it does not
    decode. channel: the one to hear, None: the mean.
    rate_hz: known with the first samples, 0 before. Its process starts with the first bytes. Calls
    block; not for use from two threads at once, but for `close`.
    """

    def __init__(self, encoding: Encoding, channel: int | None = None) -> None:
        self._encoding, self._channel = encoding, channel
        self._child: Child | None = None
        self._told = _Told(packets=encoding is Encoding.OPUS_PACKETS)
        self._closed = False
        self._error: InterpError | None = None
        self.rate_hz = 0

    def push(self, data: bytes) -> Samples:
        """Container bytes, cut anywhere, to the samples [sample] that they complete.

        Raises InvalidRequest(BAD_ENCODING) for what does not decode, or not at the cost of audio,
        and for a second stream; Unavailable(REPLICA_LOST) where its process does not answer, or was
        killed and too much was said to tell it to another.
        """
        if not data:
            return np.zeros(0, np.float32)
        samples = self._answer(data)
        self._told.add(data)
        return samples

    def finish(self) -> Samples:
        """The samples [sample] still inside the decoder; its process has ended afterwards.

        A stream cut off after its header gives what there is: a lost line must not cost words.
        Raises InvalidRequest(BAD_ENCODING) when bytes came but no audio was in them; Unavailable as
        `push`.
        """
        if self._child is None and self._error is None:
            return np.zeros(0, np.float32)
        try:
            return self._answer(None)
        finally:
            self.close()

    def close(self) -> None:
        """Drop everything and end the process; may be called at any time, also twice."""
        self._closed = True
        if self._child:
            self._child.close()

    def _answer(self, data: bytes | None) -> Samples:
        """To more bytes, or to their end (None); of another process where one is killed."""
        if self._error:
            raise self._error
        for _ in range(MOST_TRIES):
            try:
                child = self._child or self._begun()
                return self._exchange(child, data)
            except InvalidRequest as error:
                raise self._failed(error) from None
            except TimeoutError:
                break  # it is frozen, or the machine is: another would not be faster
            except OSError as error:
                if self._closed or (self._child and not self._child.was_killed()):
                    raise self._failed(too_costly()) from error  # it died of its limits
                if not self._told.whole:
                    break
                self._drop()
        lost = Unavailable(Reason.REPLICA_LOST, "the audio decoder was lost", RETRY_AFTER_MS)
        raise self._failed(lost)

    def _begun(self) -> Child:
        """A new process that has heard what there was so far. Raises OSError, InvalidRequest."""
        child = self._child = NURSERY.fork(self._encoding, self._channel)
        if self._closed:
            child.close()
        child.line.settimeout(ANSWER_WITHIN_S)
        for data in self._told:
            self._exchange(child, data)  # its samples were given when it came
        return child

    def _exchange(self, child: Child, data: bytes | None) -> Samples:
        if data is None:
            child.line.sendall(MESSAGE.pack(END))
        else:
            child.line.sendall(MESSAGE.pack(len(data)) + data)
        refused, rate_hz, size = ANSWER.unpack(received(child.line, ANSWER.size))
        payload = received(child.line, size)
        if refused:
            raise InvalidRequest(Reason.BAD_ENCODING, payload.decode())
        self.rate_hz = rate_hz or self.rate_hz
        return np.frombuffer(payload, np.float32)

    def _drop(self) -> None:
        if self._child:
            self._child.close()
        self._child = None

    def _failed(self, error: InterpError) -> InterpError:
        self._error = error
        self.close()
        return error


class _Told:
    """What another process is to be told before it goes on. whole: that is enough."""

    def __init__(self, *, packets: bool) -> None:
        self._messages: deque[bytes] = deque(maxlen=SETTLING_PACKETS if packets else None)
        self._packets = packets
        self._size = 0
        self.whole = True

    def __iter__(self) -> Iterator[bytes]:
        return iter(tuple(self._messages))

    def add(self, data: bytes) -> None:
        """One more was answered."""
        if not self.whole:
            return
        self._messages.append(data)
        self._size += len(data) + MESSAGE_BYTES
        if self._size > MAX_BYTES and not self._packets:
            self.whole = False
            self._messages.clear()
