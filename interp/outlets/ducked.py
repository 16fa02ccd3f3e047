"""The sound of a video as it is, both channels of it, quieter where the translation is spoken."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import TypeAlias

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer
from numpy.typing import NDArray

from interp.core.audio import Samples, silence
from interp.intake.frames import planar
from interp.outlets.under import DUCKED_DB, share

Block: TypeAlias = NDArray[np.float32]
"""A piece of sound [channel, sample]."""

RATE_HZ = 48_000
_HOLE = RATE_HZ // 20
"""Timestamps are rounded; a shorter hole is none."""
_FILL = RATE_HZ
"""Silence is made in pieces of a second."""


def layout_of(stream: AudioStream) -> str:
    """What its sound is heard as: more than two channels become two."""
    return "mono" if stream.codec_context.channels == 1 else "stereo"


def original(container: InputContainer, stream: AudioStream) -> Iterator[Block]:
    """A stream's sound at RATE_HZ on the file's timeline; holes and damage are silent."""
    zero = Fraction(container.start_time or 0, av.time_base)
    layout = layout_of(stream)
    channels = 1 if layout == "mono" else 2
    resampler: av.AudioResampler | None = None
    shape: tuple[str, str, int] | None = None
    at = 0
    for frame in _decoded(container, stream):
        start = at
        if frame.pts is not None and frame.time_base:
            start = round((frame.pts * frame.time_base - zero) * RATE_HZ)
        now = (frame.format.name, frame.layout.name, frame.sample_rate)
        if resampler is None or shape != now or start - at > _HOLE:
            pieces = _flushed(resampler)
            at += sum(piece.shape[1] for piece in pieces)
            yield from pieces
            for hole in range(max(start - at, 0), 0, -_FILL):
                yield np.zeros((channels, min(hole, _FILL)), np.float32)
            at = max(start, at)
            resampler, shape = av.AudioResampler("fltp", layout, RATE_HZ), now
        frame.pts = None  # its place is decided
        for given in resampler.resample(frame):
            at += given.samples
            yield planar(given)
    yield from _flushed(resampler)


def ducked(
    sound: Iterable[Block], speech: Samples, spans: Sequence[tuple[int, int]]
) -> Iterator[Block]:
    """The sound with speech [sample] over it, to the end of the longer.

    spans: from where to where speech sounds, in order; both at RATE_HZ.
    """
    low = 10 ** (-DUCKED_DB / 20)
    at = channels = 0
    for block in sound:
        channels, size = block.shape
        level = low + (1 - low) * _returned(at, size, spans)
        yield np.clip(block * level + _from(speech, at, size), -1, 1).astype(np.float32)
        at += size
    if speech.size > at:
        yield np.repeat(speech[None, at:], max(channels, 1), axis=0)


def _decoded(container: InputContainer, stream: AudioStream) -> Iterator[av.AudioFrame]:
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
            if packet is None:
                return
            yield from packet.decode()
        except av.FFmpegError:
            continue  # damaged: its place stays silent


def _flushed(resampler: av.AudioResampler | None) -> list[Block]:
    return [planar(frame) for frame in resampler.resample(None)] if resampler else []


def _returned(at: int, size: int, spans: Sequence[tuple[int, int]]) -> Samples:
    """How much of the original is back [sample], 0 under speech to 1."""
    places = np.arange(at, at + size)
    starts = np.array([*(start for start, _ in spans), np.inf])
    ends = np.array([-np.inf, *(end for _, end in spans)])
    before = np.searchsorted(starts[:-1], places, side="right")
    return share(places + 1 - ends[before], starts[before] - places, RATE_HZ)


def _from(speech: Samples, at: int, size: int) -> Samples:
    heard = speech[at : at + size]
    return np.concatenate((heard, silence(size - heard.size)))
