"""What a client's first bytes say that they are, where it does not say so itself: stock clients of
Riva send a WAV file as it is, header and all."""

import struct
from dataclasses import dataclass

from interp.core.errors import InvalidRequest, Reason
from interp.intake.format import AudioFormat, Encoding

MOST_HEADER_BYTES = 64 * 1024
_RIFF = struct.Struct("<4sI4s")
_CHUNK = struct.Struct("<4sI")
_FORMAT = struct.Struct("<HHIIHH")
_EXTENSIBLE, _EXTENSION = 0xFFFE, 24
_WAV = {(1, 16): Encoding.PCM16, (3, 32): Encoding.FLOAT32}
_MAGIC = {b"fLaC": Encoding.FLAC, b"OggS": Encoding.OGG_OPUS}


@dataclass(frozen=True, slots=True)
class Found:
    """The format, and how many bytes of header come before the audio."""

    audio: AudioFormat
    header_bytes: int


def sniff(head: bytes, otherwise: AudioFormat) -> Found | None:
    """What it is by its first bytes; None: more are needed. otherwise: where they tell nothing.

    Raises InvalidRequest(BAD_ENCODING) for a WAV file of another kind.
    """
    if len(head) < 4:
        return None
    if container := _MAGIC.get(head[:4]):
        return Found(AudioFormat(container), 0)
    if head[:4] != b"RIFF":
        return Found(otherwise, 0)
    return _wav(head)


def _wav(head: bytes) -> Found | None:
    if len(head) > MOST_HEADER_BYTES:
        raise _bad()
    audio: AudioFormat | None = None
    at = _RIFF.size
    while len(head) >= at + _CHUNK.size:
        name, size = _CHUNK.unpack_from(head, at)
        at += _CHUNK.size
        if name == b"data":
            if audio is None:
                raise _bad()
            return Found(audio, at)
        if name == b"fmt " and len(head) >= at + size:
            audio = _format(head[at : at + size])
        at += size + size % 2
    return None


def _format(chunk: bytes) -> AudioFormat:
    if len(chunk) < _FORMAT.size:
        raise _bad()
    code, channels, rate_hz, _, _, bits = _FORMAT.unpack_from(chunk)
    if code == _EXTENSIBLE and len(chunk) >= _EXTENSION + 2:
        (code,) = struct.unpack_from("<H", chunk, _EXTENSION)
    if (code, bits) not in _WAV:
        raise _bad()
    return AudioFormat(_WAV[code, bits], rate_hz, channels)


def _bad() -> InvalidRequest:
    return InvalidRequest(Reason.BAD_ENCODING, "a WAV file holds 16 bit or float samples here")
