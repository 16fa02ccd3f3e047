"""What both SimulEval agents do with their states: new samples to the service, and its answer."""

from typing import Protocol

import numpy as np

from interp.bridges.recordings import Recordings
from interp.client.blocking import Said


class SourceStates(Protocol):
    """What is read of SimulEval's AgentStates. source: all samples so far."""

    source: list[float]
    source_sample_rate: int
    source_finished: bool


class StatesSource:
    """One agent's way to the service."""

    def __init__(self, recordings: Recordings) -> None:
        self._recordings = recordings
        self._sent = 0

    def step(self, states: SourceStates) -> Said:
        """What the service says for the samples that are new, and for the end if it has come."""
        new = np.array(states.source[self._sent :], np.float32)
        self._sent += new.size
        return self._recordings.step(
            new, states.source_sample_rate, finished=states.source_finished
        )

    def reset(self) -> None:
        """A new source begins."""
        self._recordings.reset()
        self._sent = 0
