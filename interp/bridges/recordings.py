"""Recordings one after the other, each a session of its own that its first samples open."""

import atexit
from dataclasses import replace

import numpy as np

from interp.bridges.service import Service
from interp.client.blocking import NOTHING, BlockingSession, Said
from interp.core.audio import Samples
from interp.core.events import Output


class Recordings:
    """One recording at a time. The connection is closed with the process, or by close()."""

    def __init__(self, service: Service, output: Output = Output.TEXT) -> None:
        self._service, self._output = service, output
        self._client = service.client()
        self._session: BlockingSession | None = None
        atexit.register(self._client.close)

    def step(self, samples: Samples, rate_hz: int, *, finished: bool = False) -> Said:
        """What is said for all audio so far and not given back yet. samples: [sample], any number.

        finished: these are the last of the recording. Raises InterpError, TimeoutError.
        """
        if self._session is None and samples.size:
            self._session = self._client.open(self._service.stream(rate_hz, self._output))
        if self._session is None:
            return NOTHING
        said = self._session.hear(samples)
        if not finished:
            return said
        rest, self._session = self._session.finish(), None
        return Said(said.words + rest.words, np.concatenate([said.speech, rest.speech]))

    def reset(self) -> None:
        """Leave the recording, if one is open."""
        session, self._session = self._session, None
        if session:
            session.close()

    def speak(self, *, source: str | None = None, target: str | None = None) -> None:
        """Languages of the recordings that come."""
        self._service = replace(
            self._service,
            source_language=source or self._service.source_language,
            target_language=target or self._service.target_language,
        )

    def close(self) -> None:
        """Leave the recording and the server."""
        self.reset()
        self._client.close()
        atexit.unregister(self._client.close)
