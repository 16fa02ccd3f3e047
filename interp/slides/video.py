"""The picture of a video to the slides in it: for a process of its own, see `child`.

Only key frames are looked at, and read where much of the picture has changed.
"""

from collections.abc import Iterator
from typing import BinaryIO

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


def slides_in(file: BinaryIO) -> Iterator[Shown]:
    """The slides of a video, as they come up. Raises InvalidRequest(BAD_SLIDE)."""
    ocr, known, read_s = Ocr(), np.zeros(SMALL[::-1], np.int16), -LEAST_S
    try:
        with av.open(file, "r", options={"protocol_whitelist": "pipe"}) as container:
            begin_s = (container.start_time or 0) / av.time_base
            for frame in _key_frames(container):
                at_s = (frame.time or 0.0) - begin_s
                small = _small(frame)
                if at_s - read_s < LEAST_S or not _is_other(small, known):
                    continue
                known, read_s = small, at_s
                image = Image.fromarray(frame.to_ndarray(format="rgb24"))
                image.thumbnail((LONG_SIDE, LONG_SIDE))
                yield Shown(max(0, round(at_s * 1000)), page_of(ocr.lines(image)).lines)
    except (av.FFmpegError, ValueError) as error:
        raise bad_slide("there is no picture in the file that can be read") from error


def _key_frames(container: av.container.InputContainer) -> Iterator[VideoFrame]:
    pictures = [
        stream
        for stream in container.streams.video
        if not stream.disposition & Disposition.attached_pic
    ]
    if not pictures or pictures[0].width * pictures[0].height > MOST_PIXELS:
        raise ValueError("no picture, or one too large")
    pictures[0].codec_context.skip_frame = "NONKEY"
    pictures[0].thread_count = 1
    yield from container.decode(pictures[0])


def _small(frame: VideoFrame) -> NDArray[np.int16]:
    """Levels of grey, [row, column]."""
    return frame.reformat(*SMALL, format="gray").to_ndarray().astype(np.int16)


def _is_other(small: NDArray[np.int16], known: NDArray[np.int16]) -> bool:
    return bool((np.abs(small - known) > CHANGED_LEVELS).mean() > CHANGED_PART)
