"""The picture of a video to the slides in it: for a process of its own, see `child`.

Only key frames are looked at, and read where much of the picture has changed.
"""

import math
from collections.abc import Iterator
from typing import BinaryIO, Protocol

import av
import numpy as np
from av.stream import Disposition
from av.video.frame import VideoFrame
from numpy.typing import NDArray
from PIL import Image

from interp.slides.deck import Shown, bad_slide
from interp.slides.document import LONG_SIDE, MOST_PIXELS, page_of
from interp.slides.ocr import Ocr

LEAST_S = 3.0
"""Between two frames that are read."""
SMALL = (160, 90)
CHANGED_LEVELS, CHANGED_PART = 32, 0.005
"""A slide is another where so large a part of the picture is lighter or darker by so much: two
words are more than that, a pointer is less."""


PICTURES = ("vp8", "vp9")
STREAM = {
    "protocol_whitelist": "pipe",
    "codec_whitelist": ",".join((*PICTURES, "opus")),
    "analyzeduration": "1",  # what the head says is enough: nobody waits for seconds of it
    "fpsprobesize": "0",
}


class Bytes(Protocol):
    """What comes over a line. read: up to so many, as soon as there are some; none at the end."""

    def read(self, size: int, /) -> bytes:
        """The next bytes."""


def slides_in(file: BinaryIO) -> Iterator[Shown]:
    """The slides of a video, as they come up. Raises InvalidRequest(BAD_SLIDE)."""
    try:
        with av.open(file, "r", options={"protocol_whitelist": "pipe"}) as container:
            begin_s = (container.start_time or 0) / av.time_base
            yield from _slides(_key_frames(container), begin_s)
    except (av.FFmpegError, ValueError) as error:
        raise bad_slide("there is no picture in the file that can be read") from error


def slides_streamed(line: Bytes) -> Iterator[Shown]:
    """Those of a WebM stream as it comes: nothing but VP8 and VP9 is decoded, and of that one key
    frame in `LEAST_S`. Raises InvalidRequest(BAD_SLIDE)."""
    try:
        with av.open(line, "r", format="matroska", options=STREAM) as container:
            yield from _slides(_sparse_frames(container), 0.0)
    except (av.FFmpegError, ValueError) as error:
        raise bad_slide("there is no picture in the stream that can be read") from error


def _slides(frames: Iterator[VideoFrame], begin_s: float) -> Iterator[Shown]:
    ocr, known, read_s = Ocr(), np.zeros(SMALL[::-1], np.int16), -LEAST_S
    for frame in frames:
        at_s = (frame.time or 0.0) - begin_s
        small = _small(frame)
        if at_s - read_s < LEAST_S or not _is_other(small, known):
            continue
        known, read_s = small, at_s
        image = Image.fromarray(frame.to_ndarray(format="rgb24"))
        image.thumbnail((LONG_SIDE, LONG_SIDE))
        yield Shown(max(0, round(at_s * 1000)), page_of(ocr.lines(image)).lines)


def _sparse_frames(container: av.container.InputContainer) -> Iterator[VideoFrame]:
    """Key frames, none within `LEAST_S` of the one before; each is decoded by itself."""
    picture, at_s = _picture(container), -math.inf
    if picture.codec_context.name not in PICTURES:
        raise ValueError("another codec than a stream may have")
    for packet in container.demux(picture):
        now_s = float((packet.pts or 0) * (packet.time_base or 0))
        if packet.is_keyframe and packet.size and now_s - at_s >= LEAST_S:
            at_s = now_s
            yield from picture.decode(packet)


def _key_frames(container: av.container.InputContainer) -> Iterator[VideoFrame]:
    picture = _picture(container)
    picture.codec_context.skip_frame = "NONKEY"
    yield from container.decode(picture)


def _picture(container: av.container.InputContainer) -> av.VideoStream:
    """The first that is no cover; of it nothing decodes that is larger than it says. Raises
    ValueError."""
    pictures = [
        stream
        for stream in container.streams.video
        if not stream.disposition & Disposition.attached_pic
    ]
    if not pictures or pictures[0].width * pictures[0].height > MOST_PIXELS:
        raise ValueError("no picture, or one too large")
    pictures[0].codec_context.options = {"max_pixels": str(MOST_PIXELS)}
    pictures[0].thread_count = 1
    return pictures[0]


def _small(frame: VideoFrame) -> NDArray[np.int16]:
    """Levels of grey, [row, column]."""
    return frame.reformat(*SMALL, format="gray").to_ndarray().astype(np.int16)


def _is_other(small: NDArray[np.int16], known: NDArray[np.int16]) -> bool:
    return bool((np.abs(small - known) > CHANGED_LEVELS).mean() > CHANGED_PART)
