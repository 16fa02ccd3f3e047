"""What another intake needs to go on with a stream: what is still inside a filter or a decoder.

Of raw samples at another rate than ours the last ones are enough. A decoder has to have heard
everything, so there is a most of bytes beyond which a stream cannot be gone on with.
"""

from collections import deque
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from interp.core.audio import SOURCE_RATE_HZ, Samples
from interp.intake.format import AudioFormat
from interp.intake.resample import period_of
from interp.intake.rtp import RtpStamp

TAIL_MS = 400
"""Well over what a resampler holds back (115 ms) and what its filter looks back on."""
MAX_BYTES = 4 * 2**20
"""For a decoder: some 15 minutes of Opus at 32 kbit/s."""
MESSAGE_BYTES = 64
"""That a message takes beside its data."""
PCM16_SCALE = 32768


@dataclass(frozen=True, slots=True)
class Message:
    """As it came, for a decoder. silence_ms: it was silence of this length."""

    sequence: int
    data: bytes = b""
    offset_ms: int | None = None
    stamp: RtpStamp | None = None
    silence_ms: int = 0


Piece: TypeAlias = Message | NDArray[np.int16] | NDArray[np.float32]
"""A message, or samples at the client's rate; those that came as 16 bit stay that small."""


def piece_of(samples: Samples) -> Piece:
    """Samples [sample] in the fewest bytes that lose nothing."""
    small = np.round(samples * PCM16_SCALE).clip(-PCM16_SCALE, PCM16_SCALE - 1).astype(np.int16)
    return small if np.array_equal(_samples_of(small), samples) else samples


def _samples_of(piece: NDArray[np.int16] | NDArray[np.float32]) -> Samples:
    whole: Samples = piece.astype(np.float32)
    return whole / np.float32(PCM16_SCALE) if piece.dtype == np.int16 else whole


class Past:
    """Of one stream. whole: it is enough to go on."""

    def __init__(self, audio: AudioFormat) -> None:
        self._raw = audio.encoding.is_raw
        tail_samples = TAIL_MS * audio.rate_hz // 1000 + period_of(audio.rate_hz)
        self._most = tail_samples if self._raw else MAX_BYTES
        self._pieces: deque[Piece] = deque()
        self._size = 0
        self.whole = True

    def add(self, piece: Piece) -> None:
        """More of the stream, in order."""
        self._pieces.append(piece)
        self._size += _size(piece)
        if self._raw:
            while self._size - _size(self._pieces[0]) >= self._most:
                self._size -= _size(self._pieces.popleft())
        elif self._size > self._most:
            self.whole, self._size = False, 0
        if not self.whole:
            self._pieces.clear()

    @property
    def messages(self) -> list[Message]:
        """For a decoder, all of them."""
        return [piece for piece in self._pieces if isinstance(piece, Message)]

    @property
    def tail(self) -> Samples:
        """The last samples [sample] at the client's rate."""
        parts = [_samples_of(each) for each in self._pieces if not isinstance(each, Message)]
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def needs_past(audio: AudioFormat) -> bool:
    """Whether anything is ever inside a filter or a decoder."""
    return not audio.encoding.is_raw or audio.rate_hz != SOURCE_RATE_HZ


def _size(piece: Piece) -> int:
    return len(piece.data) + MESSAGE_BYTES if isinstance(piece, Message) else int(piece.size)
