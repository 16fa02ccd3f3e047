"""SimulEval's speech-to-text agent over the service.

simuleval --agent interp/bridges/simuleval_agent.py --server HOST:PORT --policy POLICY
    --source LIST --target LIST --source-segment-size 32
"""

from argparse import ArgumentParser, Namespace

from simuleval.agents import SpeechToTextAgent  # type: ignore[import-not-found]
from simuleval.agents.actions import (  # type: ignore[import-not-found]
    Action,
    ReadAction,
    WriteAction,
)
from simuleval.utils import entrypoint  # type: ignore[import-not-found]

from interp.bridges.recordings import Recordings
from interp.bridges.service import add_arguments, service_of
from interp.bridges.simuleval_source import StatesSource


@entrypoint
class InterpTextAgent(SpeechToTextAgent):  # type: ignore[misc]
    """Writes the words that the service has written for the audio so far."""

    def __init__(self, args: Namespace) -> None:
        self._source = StatesSource(Recordings(service_of(args)))
        super().__init__(args)

    @staticmethod
    def add_args(parser: ArgumentParser) -> None:
        """The service's options."""
        add_arguments(parser)

    def reset(self) -> None:
        """A new source begins."""
        super().reset()
        self._source.reset()

    def policy(self) -> Action:
        """WRITE what the service wrote, READ where it wrote nothing."""
        finished = self.states.source_finished
        words = self._source.step(self.states).words
        if words or finished:
            return WriteAction(" ".join(words), finished=finished)
        return ReadAction()
