"""Small videos: grey pictures and a sound."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from interp.core.audio import Samples

FPS = 5


def write_video(path: Path, sound: Samples, length_s: int) -> None:
    """Pictures for so long, French sound [sample] at 16 kHz from the start."""
    with av.open(str(path), "w") as out:
        pictures = out.add_stream("mpeg4", rate=FPS)
        assert isinstance(pictures, av.VideoStream)
        pictures.width, pictures.height, pictures.pix_fmt = 32, 32, "yuv420p"
        track = out.add_stream("aac", rate=16_000, layout="mono")
        assert isinstance(track, av.AudioStream)
        track.metadata["language"] = "fra"
        for number in range(length_s * FPS):
            grey = np.full((32, 32, 3), 10 * number % 256, np.uint8)
            picture = av.VideoFrame.from_ndarray(grey, format="rgb24")
            picture.pts, picture.time_base = number, Fraction(1, FPS)
            out.mux(pictures.encode(picture))
        for start in range(0, sound.size, 1024):
            block = np.ascontiguousarray(sound[None, start : start + 1024])
            frame = av.AudioFrame.from_ndarray(block, "fltp", "mono")
            frame.sample_rate, frame.pts = 16_000, start
            out.mux(track.encode(frame))
        out.mux(pictures.encode(None))
        out.mux(track.encode(None))
