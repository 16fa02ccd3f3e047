"""The package as a library: a recording translated at once, and a session fed as audio comes.

Models are loaded when they are first needed, once a process.
"""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from interp import app
from interp.core.audio import SOURCE_RATE_HZ, Samples
from interp.core.clock import MonotonicClock, VirtualClock
from interp.core.config import DEFAULT_POLICY, SessionConfig
from interp.core.errors import InvalidRequest, Reason
from interp.core.events import (
    Audio,
    End,
    Event,
    Input,
    Output,
    SourceLanguage,
    SourceText,
    TargetSpeech,
    TargetText,
    WrittenWord,
)
from interp.core.languages import language_of
from interp.engine import session as engine
from interp.engine.models import Models
from interp.engine.recording import interpret, said
from interp.intake.downmix import Downmix
from interp.intake.file import read_recording
from interp.intake.resample import Resampler
from interp.models.settings import ModelSettings
from interp.outlets.captions.cues import Cue, cues
from interp.outlets.captions.formats import format_of
from interp.outlets.captions.rules import Rules

Sound: TypeAlias = NDArray[Any]
"""[sample] or [sample, channel], floats in [-1, 1] or whole numbers of full scale."""


@dataclass(frozen=True, slots=True, eq=False)
class Translation:
    """What came of a recording.

    words: written, each with its place in the recording and its delay. said: in the speaker's own
    language, where it was asked for. speech: 24 kHz mono [sample], where it was asked for. notes:
    what was wrong with the file. language: of the words; source_language: of the speaker, as it was
    given or, where that was "auto", as it was heard last.
    """

    words: tuple[WrittenWord, ...]
    language: str
    said: tuple[WrittenWord, ...] = ()
    speech: Samples | None = None
    notes: tuple[str, ...] = ()
    source_language: str = ""

    @property
    def text(self) -> str:
        """All that was written."""
        return "".join(word.text for word in self.words).strip()

    @property
    def cues(self) -> list[Cue]:
        """Captions, laid out and timed."""
        return cues([TargetText(0, self.words)], self.language, Rules.of(self.language))

    def captions(self, kind: str = "srt") -> str:
        """The content of a caption file: srt, vtt, ttml, txt or json. Raises InvalidRequest."""
        return format_of(Path(f"captions.{kind}"))(self.cues, self.language)


def translate(
    audio: str | Path | Sound,
    *,
    source: str = "fr",
    target: str = "en",
    policy: str = DEFAULT_POLICY,
    rate_hz: int = SOURCE_RATE_HZ,
    outputs: frozenset[Output] = frozenset({Output.TEXT}),
    models: ModelSettings | None = None,
) -> Translation:
    """Translate a recording as it would have been interpreted live: a file, or samples at rate_hz.

    source, target: languages by tag or name; a source of "auto" is whatever is spoken. policy: when
    to write, see docs/policies.md. outputs: what is wanted besides text. models: another model,
    voice or device. Delays are those of a session in real time; the work itself takes as long as it
    takes. Raises InterpError for what is not served or cannot be read, OSError, WeightsError where
    a model is not here.
    """
    config = SessionConfig(source, target, outputs, policy)
    loaded = _models(models or ModelSettings(), Output.SPEECH in outputs)
    clock = VirtualClock()
    stage = app.session(config, loaded, clock)
    if isinstance(audio, str | Path):
        recording = read_recording(Path(audio))
        samples, notes = recording.samples, tuple(map(str, recording.notes))
    else:
        samples, notes = mono_16k(audio, rate_hz), ()
    events = list(interpret(stage, samples, clock))
    return Translation(
        tuple(word for each in events if isinstance(each, TargetText) for word in each.words),
        language_of(target),
        tuple(word for each in events if isinstance(each, SourceText) for word in each.words),
        _joined(events) if Output.SPEECH in outputs else None,
        notes,
        next((e.language for e in reversed(events) if isinstance(e, SourceLanguage)), source),
    )


class Session:
    """A live session in this process. Arguments are those of `translate`.

    async with interp.Session(source="fr", target="en") as session:
        async for event in session.events(chunks):
            ...
    """

    def __init__(
        self,
        *,
        source: str = "fr",
        target: str = "en",
        policy: str = DEFAULT_POLICY,
        outputs: frozenset[Output] = frozenset({Output.TEXT}),
        models: ModelSettings | None = None,
    ) -> None:
        self._config = SessionConfig(source, target, outputs, policy)
        self._settings = models or ModelSettings()
        self._stage: engine.Session | None = None
        self._clock = MonotonicClock()
        self._line: Resampler | None = None
        self._rate_hz = SOURCE_RATE_HZ

    async def __aenter__(self) -> "Session":
        """Loads the models. Raises InterpError, WeightsError."""
        speaking = Output.SPEECH in self._config.outputs
        loaded = await asyncio.to_thread(_models, self._settings, speaking)
        self._stage = app.session(self._config, loaded, self._clock)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stage = None

    async def hear(self, audio: Sound, rate_hz: int = SOURCE_RATE_HZ) -> list[Event]:
        """Take the next audio, cut anywhere; what there is to say by now.

        Raises InvalidRequest for a rate that changes and for samples that are no numbers.
        """
        if self._line is None:
            self._line, self._rate_hz = Resampler(rate_hz), rate_hz
        if rate_hz != self._rate_hz:
            raise InvalidRequest(Reason.BAD_ENCODING, "the rate of a session does not change")
        return await self._hear(self._line.push(_mono(audio, rate_hz)))

    async def end(self) -> list[Event]:
        """The speaker has finished: the rest."""
        last = [] if self._line is None else await self._hear(self._line.finish())
        return last + await self._take(End())

    async def events(
        self, chunks: AsyncIterable[Sound], rate_hz: int = SOURCE_RATE_HZ
    ) -> AsyncIterator[Event]:
        """What is said while chunks come, and when they have ended."""
        async for chunk in chunks:
            for event in await self.hear(chunk, rate_hz):
                yield event
        for event in await self.end():
            yield event

    async def _hear(self, samples: Samples) -> list[Event]:
        return await self._take(Audio(samples, self._clock.now_ms()))

    async def _take(self, item: Input) -> list[Event]:
        if self._stage is None:
            raise InvalidRequest(Reason.BAD_CONFIG, "a session is used within `async with`")
        return await asyncio.to_thread(partial(_worked, self._stage, item))


def mono_16k(audio: Sound, rate_hz: int) -> Samples:
    """Samples of any type, rate and number of channels as the engine hears them [sample]."""
    line = Resampler(rate_hz)
    sound = np.concatenate([line.push(_mono(audio, rate_hz)), line.finish()])
    samples: Samples = np.clip(sound, -1, 1).astype(np.float32)
    return samples


def _mono(audio: Sound, rate_hz: int) -> Samples:
    """One channel at its own rate [sample], full scale 1. Raises InvalidRequest."""
    zero, scale = 0.0, 1.0
    if np.issubdtype(audio.dtype, np.integer):
        lowest, highest = int(np.iinfo(audio.dtype).min), int(np.iinfo(audio.dtype).max)
        scale = (highest - lowest + 1) / 2
        zero = scale if lowest == 0 else 0.0
    planes = np.atleast_2d(((audio - zero) / scale).astype(np.float32).T)
    if not np.isfinite(planes).all():
        raise InvalidRequest(Reason.BAD_ENCODING, "samples must be finite numbers")
    names: Mapping[int, tuple[str, ...]] = {1: ("FC",), 2: ("FL", "FR")}
    count = len(planes)
    mix = Downmix(names.get(count, tuple(f"C{n}" for n in range(count))), rate_hz)
    return np.concatenate([mix.push(planes), mix.finish()])


@lru_cache(maxsize=2)
def _models(settings: ModelSettings, speaking: bool) -> Models:
    return app.models(settings, speaking=speaking)


def _worked(stage: engine.Session, item: Input) -> list[Event]:
    """All that one input leads to."""
    stage.feed(item)
    events: list[Event] = []
    while (work := stage.advance()) is not None:
        (answer,) = stage.models.run([work])
        stage.complete(answer)
        events += said(stage)
    return events + list(said(stage))


def _joined(events: list[Event]) -> Samples:
    """Target speech on its timeline [sample]."""
    pieces = [event for event in events if isinstance(event, TargetSpeech)]
    ends = [piece.offset_ms * 24 + piece.samples.size for piece in pieces]
    whole = np.zeros(max(ends, default=0), np.float32)
    for piece in pieces:
        at = piece.offset_ms * 24
        whole[at : at + piece.samples.size] = piece.samples
    return whole
