"""Where the packets of a stream without timestamps lie in its file, and so what is missing between.

FFmpeg skips garbage in MP3 and AAC without a word, and counts on as if there had been none.
"""

from typing import BinaryIO

import av
from av.audio.stream import AudioStream

_SIGN_BYTES = 24  # of a packet's start, enough to find it again
_SEARCH_BYTES = 1 << 20


class ByteGaps:
    """Follows the packets of one file, which it reads beside FFmpeg."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._end: int | None = None

    def before(self, packet: "av.Packet[AudioStream]") -> int:
        """Bytes between this packet and the one before that belong to neither."""
        if not packet.size or packet.pos is None:
            return 0
        start = packet.pos if self._end is None else self._end
        gap = max(0, self._find(bytes(packet)[:_SIGN_BYTES], start))
        self._end = start + gap + packet.size
        return gap

    def _find(self, sign: bytes, start: int) -> int:
        """How far after `start` it is; -1 where it is not."""
        back = self._file.tell()
        try:
            self._file.seek(start)
            near = self._file.read(len(sign))
            return 0 if near == sign else (near + self._file.read(_SEARCH_BYTES)).find(sign)
        finally:
            self._file.seek(back)
