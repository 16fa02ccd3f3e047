"""A whole audio file to samples, by the decoder and resampler that live audio goes through."""

from pathlib import Path

import av
import numpy as np

from interp.core.audio import Samples
from interp.core.errors import InvalidRequest, Reason
from interp.intake.frames import mono_frames
from interp.intake.resample import Resampler


def read_audio(path: Path) -> Samples:
    """The file's audio, 16 kHz mono [sample]; any container, codec and rate that FFmpeg reads.

    Raises OSError from opening it; InvalidRequest(BAD_ENCODING) for a file that is not audio.
    """
    parts: list[Samples] = [np.zeros(0, np.float32)]
    resampler: Resampler | None = None
    # Opened here: FFmpeg would take a path that looks like an address for one.
    with path.open("rb") as file:
        try:
            with av.open(file, "r") as container:
                for frame in mono_frames(container, codec=None):
                    resampler = resampler or Resampler(frame.rate_hz)
                    parts.append(resampler.push(np.clip(frame.samples, -1, 1)))
        except (av.FFmpegError, ValueError) as error:
            raise InvalidRequest(
                Reason.BAD_ENCODING, "the file is not audio that can be read"
            ) from error
    if resampler is not None:
        parts.append(resampler.finish())
    return np.clip(np.concatenate(parts), -1, 1)
