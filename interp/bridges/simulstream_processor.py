"""simulstream's speech processor over the service.

In the YAML file of its inference and its server: type is this module's InterpProcessor,
speech_chunk_size is in seconds, and the fields of Service say which service.
"""

from dataclasses import fields
from types import SimpleNamespace

from simulstream.server.speech_processors import (  # type: ignore[import-not-found]
    SAMPLE_RATE,
    SpeechProcessor,
)
from simulstream.server.speech_processors.incremental_output import (  # type: ignore[import-not-found]
    IncrementalOutput,
)

from interp.bridges.recordings import Recordings
from interp.bridges.service import Service
from interp.client.blocking import Said
from interp.core.audio import Samples, silence


class InterpProcessor(SpeechProcessor):  # type: ignore[misc]
    """Tokens are the words that the service has written; none is ever deleted."""

    def __init__(self, config: SimpleNamespace) -> None:
        super().__init__(config)
        known = {field.name for field in fields(Service)}
        given = {name: value for name, value in vars(config).items() if name in known}
        self._recordings = Recordings(Service(**given))

    @classmethod
    def load_model(cls, config: SimpleNamespace) -> None:
        """Nothing to load: the model is the service's."""

    def process_chunk(self, waveform: Samples) -> IncrementalOutput:
        """Words written for the audio so far. waveform: [sample] at 16 kHz."""
        return self._output(self._recordings.step(waveform, SAMPLE_RATE))

    def end_of_stream(self) -> IncrementalOutput:
        """The rest of the words."""
        return self._output(self._recordings.step(silence(0), SAMPLE_RATE, finished=True))

    def set_source_language(self, language: str) -> None:
        """Of the streams that begin after this."""
        self._recordings.speak(source=language)

    def set_target_language(self, language: str) -> None:
        """Of the streams that begin after this."""
        self._recordings.speak(target=language)

    def tokens_to_string(self, tokens: list[str]) -> str:
        """Words with single spaces."""
        return " ".join(tokens)

    def clear(self) -> None:
        """Another stream begins."""
        self._recordings.reset()

    def _output(self, said: Said) -> IncrementalOutput:
        words = list(said.words)
        return IncrementalOutput(words, self.tokens_to_string(words), [], "")
