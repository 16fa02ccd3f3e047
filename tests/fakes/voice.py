"""A voice detector that reads its answer off the samples: the loudest one is the probability."""

import numpy as np
from numpy.typing import NDArray

from interp.core.audio import VAD_FRAME_SAMPLES, Samples


class LoudestSample:
    """`VoiceDetector` for scripted audio; its state counts the frames it heard."""

    def init_state(self) -> int:
        """No frame heard."""
        return 0

    def step(self, audio: Samples, state: int) -> tuple[NDArray[np.float32], int]:
        """audio [frames * 512] to the largest magnitude of each frame [frames]."""
        frames = audio.reshape(-1, VAD_FRAME_SAMPLES)
        return np.abs(frames).max(axis=1, initial=0), state + len(frames)
