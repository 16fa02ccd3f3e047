"""From samples to frames: which symbol sounds when each frame begins."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from interp.core.audio import SNAC_FRAME_SAMPLES, Samples
from interp.models.voice.network import MOST_ADVANCE
from training.speaker.shards import Aligned

START, STOP = "^", "$"
"""The teacher's own marks: silence before the first and after the last symbol."""
TAIL_FRAMES = 3


@dataclass(frozen=True, slots=True)
class Placed:
    """An utterance on the grid of frames.

    samples: the speech, its first symbol at the start of frame 1, whole frames, a silent tail.
    symbols: what sounds. at [frame]: index of the symbol that sounds when a frame begins, -1 before
    the first, len(symbols) after the last.
    """

    samples: Samples
    symbols: Sequence[str]
    at: NDArray[np.int64]


def placed(speech: Aligned, late: int = 0) -> Placed | None:
    """Shift the speech to the frame grid; None where it is more than one sentence, or empty.

    late: samples by which its first symbol begins after its frame, or before it."""
    symbols = speech.symbols
    if len(symbols) < 3 or symbols.count(START) != 1 or symbols[-1] != STOP:
        return None
    lead = SNAC_FRAME_SAMPLES + late - speech.ends[0]
    shifted = np.concatenate((np.zeros(max(lead, 0), np.float32), speech.samples[max(-lead, 0) :]))
    frames = -(-len(shifted) // SNAC_FRAME_SAMPLES) + TAIL_FRAMES
    samples = np.zeros(frames * SNAC_FRAME_SAMPLES, np.float32)
    samples[: len(shifted)] = shifted
    ends = np.array(speech.ends[1:-1]) + lead
    at = np.searchsorted(ends, np.arange(frames) * SNAC_FRAME_SAMPLES, side="right")
    at[0] = -1
    for frame in range(1, frames):
        at[frame] = min(at[frame], at[frame - 1] + MOST_ADVANCE)
    return Placed(samples, symbols[1:-1], at)
