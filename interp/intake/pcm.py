"""Raw little-endian bytes to float32 samples, of one channel or the mean of all."""

import numpy as np

from interp.core.audio import Samples, from_pcm16
from interp.core.errors import InvalidRequest, Reason
from interp.intake.format import SAMPLE_BYTES, AudioFormat, Encoding


def decode_pcm(data: bytes, audio: AudioFormat) -> Samples:
    """PCM16 or float32 bytes to samples [sample]; float32 may exceed [-1, 1], see `LevelWatch`.

    A message holds whole samples, of all channels. Raises InvalidRequest(BAD_ENCODING) for part of
    one, and for a float that is not finite.
    """
    interleaved = _decoded(data, audio.encoding, audio.channels)
    if audio.channels == 1:
        return interleaved
    by_channel = interleaved.reshape(-1, audio.channels)
    if audio.channel is not None:
        return np.ascontiguousarray(by_channel[:, audio.channel])
    return np.asarray(by_channel.mean(axis=1), np.float32)


def _decoded(data: bytes, encoding: Encoding, channels: int) -> Samples:
    if len(data) % (SAMPLE_BYTES[encoding] * channels):
        raise InvalidRequest(Reason.BAD_ENCODING, "an audio message must hold whole samples")
    if encoding is Encoding.PCM16:
        return from_pcm16(data)
    samples = np.frombuffer(data, "<f4").astype(np.float32)
    if not np.isfinite(samples).all():
        raise InvalidRequest(Reason.BAD_ENCODING, "float32 samples must be finite numbers")
    return samples
