"""Audio encoded as a client would send it."""

import io

import av
import numpy as np

from interp.core.audio import Samples
from interp.intake.format import Encoding

_CONTAINERS = {
    Encoding.OGG_OPUS: ("ogg", "libopus"),
    Encoding.WEBM_OPUS: ("webm", "libopus"),
    Encoding.FLAC: ("flac", "flac"),
}
_FRAME_SAMPLES = 960


def encoded(samples: Samples, rate_hz: int, encoding: Encoding, channels: int = 1) -> bytes:
    """samples [sample] at rate_hz in a container; every channel carries the same."""
    container, codec = _CONTAINERS[encoding]
    return encode(samples, rate_hz, container, codec, channels)


def encode(samples: Samples, rate_hz: int, container: str, codec: str, channels: int = 1) -> bytes:
    """As `encoded`, with FFmpeg's names."""
    layout = {1: "mono", 2: "stereo", 6: "5.1"}[channels]
    packed = np.repeat(np.round(samples * 32767).astype(np.int16)[:, None], channels, axis=1)
    file = io.BytesIO()
    with av.open(file, "w", format=container) as output:
        stream = output.add_stream(codec, rate=rate_hz, layout=layout)
        assert isinstance(stream, av.AudioStream)
        for start in range(0, len(packed), _FRAME_SAMPLES):
            block = packed[start : start + _FRAME_SAMPLES].reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(block, format="s16", layout=layout)
            frame.sample_rate, frame.pts = rate_hz, start
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return file.getvalue()
