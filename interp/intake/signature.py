"""Whether bytes are those of a sound or video file, or bare samples: by how they begin.

MP3 and AAC may have no header at all; what looks like a frame of theirs is believed when another
follows where it ends.
"""

SHORT_BYTES = 12
"""Enough to decide for most."""
LONG_BYTES = 4096
"""Enough for all."""

_STARTS = (
    b"fLaC",
    b"OggS",
    b"\x1aE\xdf\xa3",  # Matroska, WebM
    b"ID3",
    b"caff",
    b".snd",
    b"FORM",  # AIFF
    b"riff",  # Wave64
    b"\x30\x26\xb2\x75",  # WMA
    b"FLV\x01",
    b"#!AMR",
    b"wvpk",
    b"TTA1",
    b"\0\0\x01\xba",  # MPEG program stream
)
_LAYER_2, _LAYER_3, _AAC = 2, 1, 0
_MPEG_1 = 3
_KBPS = {  # by version 1 or not, and layer
    (True, _LAYER_3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (True, _LAYER_2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (False, _LAYER_3): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (False, _LAYER_2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES_HZ = (44_100, 48_000, 32_000)
_HALVED = {_MPEG_1: 0, 2: 1, 0: 2}  # how often, by version
_TS_BYTES = 188


def may_be_frames(head: bytes) -> bool:
    """Whether LONG_BYTES are needed to decide."""
    return head[:1] == b"G" or _frame_bytes(head) is not None


def is_file_format(head: bytes) -> bool:
    """Whether bytes begin as a file does, and not as bare samples."""
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] in (b"WAVE", b"AVI "):
        return True
    return head[4:8] == b"ftyp" or head.startswith(_STARTS) or _frames(head)


def _frames(head: bytes) -> bool:
    if head[::_TS_BYTES][:4] == b"GGGG":
        return True
    size = _frame_bytes(head)
    return size is not None and _frame_bytes(head[size:]) is not None


def _frame_bytes(data: bytes) -> int | None:
    """Size of the MPEG audio frame that begins there; None where none does."""
    if len(data) < 6 or data[0] != 0xFF or data[1] & 0xE0 != 0xE0:
        return None
    version, layer = data[1] >> 3 & 3, data[1] >> 1 & 3
    if layer == _AAC and data[1] & 0xF6 == 0xF0:
        return (data[3] & 3) << 11 | data[4] << 3 | data[5] >> 5 or None
    kbps, rate, padding = data[2] >> 4, data[2] >> 2 & 3, data[2] >> 1 & 1
    table = _KBPS.get((version == _MPEG_1, layer))
    if (
        table is None
        or version not in _HALVED
        or not 1 <= kbps <= len(table)
        or rate >= len(_RATES_HZ)
    ):
        return None
    rate_hz = _RATES_HZ[rate] >> _HALVED[version]
    half = version != _MPEG_1 and layer == _LAYER_3
    return (72 if half else 144) * table[kbps - 1] * 1000 // rate_hz + padding
