"""CTranslate2's model.bin, binary version 6, as numpy arrays; CTranslate2 itself is not needed.

Layout, little endian: u32 version, string spec, u32 revision, u32 count, variables, u32 count,
aliases. A string is a u16 length and bytes that end in NUL; a variable is its name, u8 rank,
u32 dimensions, u8 dtype, u32 byte count and the bytes; an alias is two names.
"""

import math
import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from interp.models.store import WeightsError

BINARY_VERSION = 6
# CTranslate2's DataType enumeration; bfloat16 (5) has no numpy type and is refused.
DTYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}


@dataclass(frozen=True)
class Ct2Model:
    """What a model.bin holds. variables: name to read-only array over the file's own bytes.

    Aliases (tied weights) appear as further names of the same array.
    """

    spec: str
    revision: int
    variables: dict[str, NDArray[np.generic]]


class _Cursor:
    """A reading position in the bytes; every read is bounds-checked."""

    def __init__(self, data: bytes) -> None:
        self._view = memoryview(data)
        self._offset = 0

    def take(self, size: int) -> memoryview:
        end = self._offset + size
        if end > len(self._view):
            raise WeightsError(
                f"CTranslate2 file is cut: at {self._offset} of {len(self._view)} bytes,"
                f" {size} more were due"
            )
        taken = self._view[self._offset : end]
        self._offset = end
        return taken

    def u8(self) -> int:
        return self.take(1)[0]

    def u32(self) -> int:
        (value,) = struct.unpack("<I", self.take(4))
        return int(value)

    def string(self) -> str:
        (size,) = struct.unpack("<H", self.take(2))
        return bytes(self.take(size)).rstrip(b"\0").decode("utf-8", errors="replace")

    def expect_end(self) -> None:
        if self._offset != len(self._view):
            left = len(self._view) - self._offset
            raise WeightsError(f"CTranslate2 file has {left} bytes after its last alias")


def _read_array(cursor: _Cursor, name: str) -> NDArray[np.generic]:
    shape = tuple(cursor.u32() for _ in range(cursor.u8()))
    dtype_id = cursor.u8()
    data = cursor.take(cursor.u32())
    if dtype_id not in DTYPES:
        raise WeightsError(f"{name}: CTranslate2 dtype {dtype_id} is not supported")
    dtype = np.dtype(DTYPES[dtype_id]).newbyteorder("<")
    if math.prod(shape) * dtype.itemsize != len(data):
        raise WeightsError(f"{name}: {len(data)} bytes do not hold shape {shape} of {dtype}")
    return np.frombuffer(data, dtype).reshape(shape)


def read_ct2(data: bytes) -> Ct2Model:
    """Parse a model.bin without copying its tensors.

    Raises WeightsError where the file is cut, of another version, or holds an unknown dtype.
    """
    cursor = _Cursor(data)
    version = cursor.u32()
    if version != BINARY_VERSION:
        raise WeightsError(f"CTranslate2 binary version {version}; only {BINARY_VERSION} is read")
    spec, revision = cursor.string(), cursor.u32()
    variables = {}
    for _ in range(cursor.u32()):
        name = cursor.string()
        variables[name] = _read_array(cursor, name)
    for _ in range(cursor.u32()):
        alias, name = cursor.string(), cursor.string()
        if name not in variables:
            raise WeightsError(f"alias {alias} names {name}, which the file does not hold")
        variables[alias] = variables[name]
    cursor.expect_end()
    return Ct2Model(spec, revision, variables)
