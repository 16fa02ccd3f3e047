"""The contract of a voice activity detector: what tells speech from the rest."""

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from interp.core.audio import Samples


class VoiceDetector(Protocol):
    """Over 512-sample frames at 16 kHz, causal, with a small state that can be copied."""

    def init_state(self) -> Any:
        """State of a stream that has heard nothing."""

    def step(self, audio: Samples, state: Any) -> tuple[NDArray[np.float32], Any]:
        """audio [frames * 512] to speech probability per frame [frames], and the next state."""
