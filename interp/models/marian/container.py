"""Marian's binary container, version 1, as numpy arrays in Marian's own shapes.

Layout, little endian: u64 version, u64 count, count x (u64 name length, u64 type, u64 rank,
u64 bytes), names that end in NUL, i32 shapes, u64 padding and so many bytes, then the data.
An intgemm8 item is its int8 values, transposed but for an embedding, and the float32 by which the
weights were multiplied (marian-dev, src/common/binary.cpp and tensors/cpu/integer_common.h).
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from interp.models.store import WeightsError

VERSION = 1
INT8, FLOAT32, INTGEMM8 = 0x0101, 0x0404, 0x4101
CONFIG = "special:model.yml"
EMBEDDING = "Wemb"
ACTIVATION_SCALE = "_QuantMultA"
"""Items by which Marian quantises what it multiplies; we multiply floats and leave them out."""

MOST_ITEMS, MOST_RANK = 10_000, 8
"""More than any model has: what claims more is damaged."""


@dataclass(frozen=True)
class MarianFile:
    """config: the scalars of the model's own configuration. arrays: float32, by Marian's names."""

    config: Mapping[str, str]
    arrays: Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class _Header:
    name_bytes: int
    kind: int
    rank: int
    data_bytes: int


def read_marian(data: bytes) -> MarianFile:
    """Raises WeightsError for a file that is cut, damaged, or of a kind that is not known."""
    try:
        return _read(data)
    except (struct.error, UnicodeDecodeError, ValueError) as error:
        raise WeightsError(f"this is no Marian container, or it is damaged: {error}") from error


def _read(data: bytes) -> MarianFile:
    version, count = struct.unpack_from("<QQ", data)
    if version != VERSION or count > MOST_ITEMS:
        raise ValueError(f"version {version}, {count} items")
    headers = [_Header(*struct.unpack_from("<QQQQ", data, 16 + 32 * i)) for i in range(count)]
    offset = 16 + 32 * count
    names, shapes = [], []
    for header in headers:
        names.append(data[offset : offset + header.name_bytes].rstrip(b"\0").decode())
        offset += header.name_bytes
    for header in headers:
        if header.rank > MOST_RANK:
            raise ValueError(f"an item of rank {header.rank}")
        shapes.append(struct.unpack_from(f"<{header.rank}i", data, offset))
        offset += 4 * header.rank
    (padding,) = struct.unpack_from("<Q", data, offset)
    offset += 8 + padding
    config: Mapping[str, str] = {}
    arrays: dict[str, NDArray[np.float32]] = {}
    for header, name, shape in zip(headers, names, shapes, strict=True):
        item = data[offset : offset + header.data_bytes]
        if len(item) < header.data_bytes:
            raise ValueError(f"{name} is cut")
        offset += header.data_bytes
        if name == CONFIG:
            config = _scalars(item.rstrip(b"\0").decode())
        elif not name.endswith(ACTIVATION_SCALE):
            arrays[name] = _array(name, header.kind, shape, item)
    return MarianFile(config, arrays)


def _array(name: str, kind: int, shape: tuple[int, ...], item: bytes) -> NDArray[np.float32]:
    size = int(np.prod(shape, dtype=np.int64))
    if kind == FLOAT32:
        return np.frombuffer(item, "<f4", size).astype(np.float32).reshape(shape)
    if kind == INTGEMM8:
        (scale,) = struct.unpack_from("<f", item, size)
        values = np.frombuffer(item, np.int8, size).astype(np.float32) / np.float32(scale)
        if name.endswith(EMBEDDING):
            return values.reshape(shape)
        return values.reshape(shape[::-1]).T
    raise ValueError(f"{name} is of type {kind:#x}")


def _scalars(text: str) -> Mapping[str, str]:
    """The lines `key: value` of flat YAML; lists have no value on their line and are left out."""
    parts = (line.partition(": ") for line in text.splitlines() if not line.startswith((" ", "-")))
    return {key: value.strip().strip('"') for key, colon, value in parts if colon}
