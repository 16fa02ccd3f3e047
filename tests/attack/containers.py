"""Containers that cost far more to decode than audio does; each fits into one message."""

import bz2
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from interp.intake.format import Encoding
from tests.fakes.containers import encode

MESSAGE_BYTES = 240_000
OPUS_HEAD = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 312, 48000, 0, 0)
TINY_PACKET = b"\xe0"  # 2.5 ms of Opus in one byte
ZLIB, BZLIB = 0, 1  # Matroska's ContentCompAlgo


@dataclass(frozen=True, slots=True)
class Bomb:
    """One message."""

    name: str
    encoding: Encoding
    data: bytes


def bombs() -> Iterator[Bomb]:
    """All of them."""
    zeros = bytes(9_900_000)
    for name, algorithm, packed in (
        ("zlib", ZLIB, zlib.compress(zeros, 9)),
        ("bzip2", BZLIB, bz2.compress(zeros, 9)),
    ):
        blocks = [(1, packed)] * (MESSAGE_BYTES // (len(packed) + 14))
        yield _webm(f"webm, {name} blocks", [_audio(compressed=algorithm)], blocks)
    yield _webm("webm, tiny packets", [_audio()], [(1, TINY_PACKET)] * (MESSAGE_BYTES // 15))
    picture = (2, _vp8(16_383))
    yield _webm("webm, a huge picture", [_audio(), _video(b"V_VP8", 16_383)], [picture])
    yield _webm("webm, 50 huge pictures", [_audio(), _video(b"V_VP8", 16_383)], [picture] * 50)
    png = zlib.compress(_png(12_000), 9)
    track = _video(b"V_MS/VFW/FOURCC", 12_000, private=_bitmap(12_000), compressed=ZLIB)
    yield _webm("webm, a packed png", [_audio(), track], [(2, png)])
    subtitles = _track(17, b"S_TEXT/UTF8", b"", b"", number=3)
    yield _webm("webm, 3000 tracks", [subtitles] * 3000 + [_audio()], [(1, TINY_PACKET)] * 50)
    yield Bomb("ogg, tiny packets", Encoding.OGG_OPUS, _ogg(TINY_PACKET))
    yield Bomb("ogg, empty packets", Encoding.OGG_OPUS, _ogg(b""))
    yield from _flac()


def _flac() -> Iterator[Bomb]:
    real = encode(np.zeros(48_000, np.float32), 48_000, "flac", "flac")
    start = real[: real.find(b"\xff\xf8", 42)]
    sync = b"\xff\xf8" * (MESSAGE_BYTES // 2)
    yield Bomb("flac, sync marks", Encoding.FLAC, start + sync)
    headers = b"".join(_flac_header(number % 128) for number in range(MESSAGE_BYTES // 6))
    yield Bomb("flac, frame headers", Encoding.FLAC, start + headers)
    long = encode(np.zeros(48_000 * 100, np.float32), 48_000, "flac", "flac")
    yield Bomb("flac, 100 s of silence", Encoding.FLAC, long[:MESSAGE_BYTES])


def _flac_header(number: int) -> bytes:
    header = bytes([0xFF, 0xF8, 0x1A, 0x08, number])
    crc = 0
    for byte in header:
        crc ^= byte
        for _ in range(8):
            crc = ((crc << 1) ^ 7) & 0xFF if crc & 0x80 else (crc << 1) & 0xFF
    return header + bytes([crc])


def _webm(name: str, tracks: list[bytes], blocks: Iterable[tuple[int, bytes]]) -> Bomb:
    info = _element("1549A966", _number("2AD7B1", 1_000_000))
    head = _element("1A45DFA3", _element("4282", b"webm") + _number("4287", 4) + _number("4285", 2))
    cluster = _number("E7", 0) + b"".join(
        _element("A3", _size(track, 1) + struct.pack(">hB", index % 30_000, 0x80) + data)
        for index, (track, data) in enumerate(blocks)
    )
    body = info + _element("1654AE6B", b"".join(tracks)) + _endless("1F43B675") + cluster
    return Bomb(name, Encoding.WEBM_OPUS, head + _endless("18538067") + body)


def _audio(compressed: int | None = None) -> bytes:
    settings = _element("E1", _element("B5", struct.pack(">d", 48000.0)) + _number("9F", 1))
    return _track(2, b"A_OPUS", OPUS_HEAD, settings, number=1, compressed=compressed)


def _video(
    codec: bytes, side: int, *, private: bytes = b"", compressed: int | None = None
) -> bytes:
    settings = _element("E0", _number("B0", side) + _number("BA", side))
    return _track(1, codec, private, settings, number=2, compressed=compressed)


def _track(
    kind: int,
    codec: bytes,
    private: bytes,
    settings: bytes,
    *,
    number: int,
    compressed: int | None = None,
) -> bytes:
    packing = b""
    if compressed is not None:
        how = _element("5034", _number("4254", compressed))
        each = _number("5031", 0) + _number("5032", 1) + _number("5033", 0) + how
        packing = _element("6D80", _element("6240", each))
    fields = _number("D7", number) + _number("73C5", number) + _number("83", kind)
    fields += _element("86", codec) + (_element("63A2", private) if private else b"")
    return _element("AE", fields + settings + packing)


def _element(identifier: str, data: bytes) -> bytes:
    return bytes.fromhex(identifier) + _size(len(data)) + data


def _endless(identifier: str) -> bytes:
    return bytes.fromhex(identifier) + b"\x01" + b"\xff" * 7


def _number(identifier: str, value: int) -> bytes:
    return _element(identifier, value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big"))


def _size(value: int, width: int = 8) -> bytes:
    return ((1 << (7 * width)) | value).to_bytes(width, "big")


def _vp8(side: int) -> bytes:
    tag = (1 << 4) | (2000 << 5)
    sides = struct.pack("<HH", side, side)
    return struct.pack("<I", tag)[:3] + b"\x9d\x01\x2a" + sides + bytes(4000)


def _png(side: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(1 + 4 * side)) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


def _bitmap(side: int) -> bytes:
    return struct.pack("<IiiHH4sIiiII", 40, side, side, 1, 24, b"MPNG", 0, 0, 0, 0, 0)


def _ogg(packet: bytes) -> bytes:
    tags = b"OpusTags" + struct.pack("<I", 1) + b"x" + struct.pack("<I", 0)
    out = _page(0, 0, [OPUS_HEAD], first=True) + _page(1, 0, [tags])
    number = 2
    while len(out) < MESSAGE_BYTES:
        out += _page(number, (number - 1) * 255 * 120, [packet] * 255)
        number += 1
    return out


def _page(number: int, granule: int, packets: list[bytes], *, first: bool = False) -> bytes:
    header = b"OggS" + struct.pack("<BBqIII", 0, 2 if first else 0, granule, 1, number, 0)
    header += bytes([len(packets)]) + bytes(len(packet) for packet in packets)
    page = header + b"".join(packets)
    return page[:22] + struct.pack("<I", _ogg_crc(page)) + page[26:]


def _ogg_crc(data: bytes) -> int:
    crc = 0
    for byte in data:
        crc = ((crc << 8) & 0xFFFFFFFF) ^ _OGG_TABLE[((crc >> 24) & 0xFF) ^ byte]
    return crc


def _ogg_table() -> list[int]:
    table = []
    for index in range(256):
        value = index << 24
        for _ in range(8):
            carry = value & 0x80000000
            value = ((value << 1) ^ 0x04C11DB7) & 0xFFFFFFFF if carry else (value << 1) & 0xFFFFFFFF
        table.append(value)
    return table


_OGG_TABLE = _ogg_table()
