"""SimulEval's speech-to-speech agent over the service.

simuleval --agent interp/bridges/simuleval_speech_agent.py --server HOST:PORT --voice VOICE
    --source LIST --target LIST --source-segment-size 32 --output FOLDER
"""

from argparse import ArgumentParser, Namespace

from simuleval.agents import SpeechToSpeechAgent  # type: ignore[import-not-found]
from simuleval.agents.actions import (  # type: ignore[import-not-found]
    Action,
    ReadAction,
    WriteAction,
)
from simuleval.data.segments import SpeechSegment  # type: ignore[import-not-found]
from simuleval.utils import entrypoint  # type: ignore[import-not-found]

from interp.bridges.recordings import Recordings
from interp.bridges.service import add_arguments, service_of
from interp.bridges.simuleval_source import StatesSource
from interp.core.audio import TARGET_RATE_HZ
from interp.core.events import Output


@entrypoint
class InterpSpeechAgent(SpeechToSpeechAgent):  # type: ignore[misc]
    """Writes the speech that the service has spoken for the audio so far."""

    def __init__(self, args: Namespace) -> None:
        self._source = StatesSource(Recordings(service_of(args), Output.SPEECH))
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
        """WRITE what the service spoke, READ where it was silent."""
        finished = self.states.source_finished
        speech = self._source.step(self.states).speech
        if not speech.size and not finished:
            return ReadAction()
        # Only a segment made here can say its sample rate.
        segment = SpeechSegment(
            content=speech.tolist(), sample_rate=TARGET_RATE_HZ, finished=finished
        )
        self.states.update_target(segment)
        return WriteAction(segment, finished=finished)
