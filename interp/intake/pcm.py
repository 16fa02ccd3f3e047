"""Raw little-endian mono bytes to float32 samples."""

import numpy as np

from interp.core.audio import PCM16_BYTES, Samples, from_pcm16
from interp.core.errors import InvalidRequest, Reason
from interp.intake.format import Encoding

_SAMPLE_BYTES = {Encoding.PCM16: PCM16_BYTES, Encoding.FLOAT32: 4}


def decode_pcm(data: bytes, encoding: Encoding) -> Samples:
    """PCM16 or float32 bytes to samples [sample]; float32 may exceed [-1, 1], see `LevelWatch`.

    A message holds whole samples. Raises InvalidRequest(BAD_ENCODING) for part of a sample, and for
    a float that is not finite.
    """
    if len(data) % _SAMPLE_BYTES[encoding]:
        raise InvalidRequest(Reason.BAD_ENCODING, "an audio message must hold whole samples")
    if encoding is Encoding.PCM16:
        return from_pcm16(data)
    samples = np.frombuffer(data, "<f4").astype(np.float32)
    if not np.isfinite(samples).all():
        raise InvalidRequest(Reason.BAD_ENCODING, "float32 samples must be finite numbers")
    return samples
