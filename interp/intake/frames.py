"""Audio frames out of an open PyAV container, as mono float32."""

from collections.abc import Iterator
from dataclasses import dataclass

import av
import numpy as np
from av.container import InputContainer
from numpy.typing import NDArray

from interp.core.audio import Samples
from interp.core.errors import InvalidRequest, Reason

_MAX_CHANNELS = 2
_SCALES = {  # numpy type of a frame: its zero, and the factor to [-1, 1]
    "uint8": (128, 2**-7),
    "int16": (0, 2**-15),
    "int32": (0, 2**-31),
    "float32": (0, 1.0),
    "float64": (0, 1.0),
}


@dataclass(frozen=True, slots=True, eq=False)
class MonoFrame:
    """Decoded samples [sample] at rate_hz; two channels are averaged, or one is taken."""

    samples: Samples
    rate_hz: int


def mono_frames(
    container: InputContainer, codec: str | None, channel: int | None = None
) -> Iterator[MonoFrame]:
    """Decode the only audio stream. codec: FFmpeg's name of the one that was announced, or any.
    channel: the one to hear; None: the mean of two.

    Encoder padding (Opus pre-skip, the cut of the last packet) is already removed by the decoder.
    Raises InvalidRequest(BAD_ENCODING) for no stream or several, another codec, more than two
    channels, a channel that is not there or a rate that changes; av.FFmpegError for bytes that do
    not decode.
    """
    streams = container.streams.audio
    if len(streams) != 1:
        raise _bad("the container must hold one audio stream")
    stream = streams[0]
    if stream.codec_context is None:
        raise _bad("the container holds a codec that is not known here")
    if codec is not None and stream.codec_context.name != codec:
        raise _bad("the container holds another codec than was announced")
    stream.codec_context.thread_count = 1
    rate_hz = 0
    for frame in container.decode(stream):
        if rate_hz not in (0, frame.sample_rate):
            raise _bad("the sample rate must not change")
        rate_hz = frame.sample_rate
        yield MonoFrame(_mono(frame, channel), rate_hz)


def planar(frame: av.AudioFrame) -> NDArray[np.float32]:
    """A frame's samples [channel, sample], full scale 1; raises InvalidRequest if not finite."""
    samples = frame.to_ndarray()  # [channel, sample], or [1, sample * channel] when packed
    if not frame.format.is_planar:
        samples = samples.reshape(-1, frame.layout.nb_channels).T
    zero, scale = _SCALES[samples.dtype.name]
    scaled = (np.asarray(samples, np.float32) - np.float32(zero)) * np.float32(scale)
    if not np.isfinite(scaled).all():
        raise _bad("samples must be finite numbers")
    return np.asarray(scaled, np.float32)


def _mono(frame: av.AudioFrame, channel: int | None) -> Samples:
    if frame.layout.nb_channels > _MAX_CHANNELS:
        raise _bad("audio must have one or two channels")
    if channel is not None:
        if channel >= frame.layout.nb_channels:
            raise _bad("the audio has no such channel")
        one: Samples = planar(frame)[channel]
        return one
    mono: Samples = planar(frame).mean(axis=0, dtype=np.float32)
    return mono


def _bad(message: str) -> InvalidRequest:
    return InvalidRequest(Reason.BAD_ENCODING, message)
