"""The child's side of a decoder of Opus packets without a container; limits as in `decoding`."""

import os
import socket
from contextlib import suppress
from typing import NoReturn

import av
import numpy as np

from interp.core.audio import Samples
from interp.intake.confined import confine
from interp.intake.decoding import MEMORY_BYTES, answer, message
from interp.intake.frames import planar
from interp.intake.opus import RATE_HZ


def run(line: socket.socket, channel: int | None) -> NoReturn:
    """Decode each message as one packet, and end this process. channel: of two; None: the mean."""
    confine(MEMORY_BYTES)
    with suppress(OSError):  # the session is over
        _decode(line, channel)
    os._exit(0)


def _decode(line: socket.socket, channel: int | None) -> None:
    decoder = av.CodecContext.create("libopus", "r")
    assert isinstance(decoder, av.AudioCodecContext)
    decoder.layout, decoder.sample_rate, decoder.thread_count = "stereo", RATE_HZ, 1
    while (packet := message(line)) is not None:
        answer(line, _sound(decoder, packet, channel), RATE_HZ)
    answer(line, np.zeros(0, np.float32), RATE_HZ)


def _sound(decoder: av.AudioCodecContext, packet: bytes, channel: int | None) -> Samples:
    """Samples [sample] of one packet; none where it does not decode."""
    try:
        frames = [planar(frame) for frame in decoder.decode(av.Packet(packet))]
    except av.FFmpegError:
        frames = []
    both = np.concatenate([np.zeros((2, 0), np.float32), *frames], axis=1)
    if channel is None:
        return np.asarray(both.mean(axis=0), np.float32)
    return np.ascontiguousarray(both[channel])
