"""Opus packets as a call would bring them: of a real encoder, with the stamps of RTP."""

from collections.abc import Sequence

import av
import numpy as np

from interp.core.audio import Samples
from interp.intake.rtp import RtpStamp

RATE_HZ = 48_000


def opus_packets(
    channels: Sequence[Samples], rate_hz: int = RATE_HZ, frame_ms: int = 20
) -> list[bytes]:
    """channels: [sample] each, at rate_hz; the last packet is filled up with silence."""
    size = rate_hz * frame_ms // 1000
    layout = {1: "mono", 2: "stereo"}[len(channels)]
    encoder = av.CodecContext.create("libopus", "w")
    assert isinstance(encoder, av.AudioCodecContext)
    encoder.sample_rate, encoder.layout, encoder.format = rate_hz, layout, "s16"
    encoder.options = {"frame_duration": str(frame_ms)}
    packets = []
    for start in range(0, len(channels[0]), size):
        block = np.zeros((size, len(channels)), np.int16)
        for place, sound in enumerate(channels):
            part = sound[start : start + size]
            block[: part.size, place] = np.round(part * 32767)
        frame = av.AudioFrame.from_ndarray(block.reshape(1, -1), format="s16", layout=layout)
        frame.sample_rate = rate_hz
        packets += [bytes(packet) for packet in encoder.encode(frame)]
    return packets


def stamped(packets: Sequence[bytes], frame_ms: int = 20) -> list[tuple[RtpStamp, bytes]]:
    """With stamps that wrap soon, as they may."""
    return [
        (RtpStamp((65_530 + i) % 2**16, (2**32 - 3000 + i * frame_ms * 48) % 2**32), packet)
        for i, packet in enumerate(packets)
    ]
