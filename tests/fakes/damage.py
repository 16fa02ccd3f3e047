"""Files as they come from a bad disk, a full one, or a cut line."""

import numpy as np


def garbled(content: bytes, share: float = 0.04, at: float = 0.5) -> bytes:
    """With noise in place of a stretch of it. share, at: of its length."""
    start, size = int(len(content) * at), int(len(content) * share)
    noise = np.random.default_rng(1).integers(0, 256, size, dtype=np.uint8).tobytes()
    return content[:start] + noise + content[start + size :]


def cut(content: bytes, share: float = 2 / 3) -> bytes:
    """Its first part."""
    return content[: int(len(content) * share)]
