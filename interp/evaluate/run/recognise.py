"""ASR-BLEU of a run's target speech, heard by our own engine: the recogniser is its name."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import soundfile

from interp.core.audio import Samples, silence
from interp.core.config import SessionConfig
from interp.core.events import Output
from interp.evaluate.record.errors import EvaluationError
from interp.evaluate.record.log import EmissionLog, Instance
from interp.evaluate.record.manifest import Clip
from interp.evaluate.run.collect import collect
from interp.evaluate.run.worker import System
from interp.evaluate.score.quality import CorpusQuality
from interp.evaluate.score.spoken import asr_bleu, plain_bleu, played
from interp.intake.resample import Resampler


@dataclass(slots=True)
class EngineTranscriber:
    """A Transcriber: writes down speech in `language`, each segment as a whole."""

    name: str
    system: System
    language: str

    def transcribe(self, samples: Samples, rate_hz: int) -> str:
        """Words spoken in mono samples [sample]."""
        resampler = Resampler(rate_hz)
        heard = np.concatenate([resampler.push(samples), resampler.finish()])
        config = SessionConfig(
            self.language, self.language, frozenset({Output.TEXT, Output.ACTIONS}), "offline"
        )
        (events,) = self.system.interpret([config], heard)
        return collect(events).instance(0, Clip("", Path()), 0.0).prediction


@dataclass(frozen=True, slots=True)
class Listener:
    """Scores the speech of runs in the folder `out`."""

    out: Path
    transcriber: EngineTranscriber

    def measure(self, log: EmissionLog) -> list[CorpusQuality]:
        """BLEU of the text without case and marks, to compare with; ASR-BLEU without the waits
        between chunks and, as SimulEval plays it, with them.

        Raises EvaluationError where the run has no speech, or no references for it.
        """
        references = [i.reference for i in log.instances if i.reference is not None]
        if len(references) < len(log.instances) or not any(i.speech for i in log.instances):
            raise EvaluationError("ASR-BLEU needs target speech and a reference for each recording")
        bare = [self._sound(instance) for instance in log.instances]
        waiting = [_played(i, sound) for i, sound in zip(log.instances, bare, strict=True)]
        rate_hz = max((sound.rate_hz for sound in bare), default=0)
        without = asr_bleu(self.transcriber, [s.samples for s in bare], references, rate_hz)
        heard = asr_bleu(self.transcriber, waiting, references, rate_hz)
        return [
            plain_bleu([i.prediction for i in log.instances], references),
            without,
            replace(heard, name=f"{heard.name}+waits", signature=f"{heard.signature}|waits"),
        ]

    def _sound(self, instance: Instance) -> "_Sound":
        if instance.speech_path is None:
            return _Sound(silence(0), 0)
        samples, rate_hz = soundfile.read(self.out / instance.speech_path, dtype="float32")
        return _Sound(samples, rate_hz)


@dataclass(frozen=True, slots=True, eq=False)
class _Sound:
    samples: Samples
    rate_hz: int


def _played(instance: Instance, sound: _Sound) -> Samples:
    if not instance.speech:
        return sound.samples
    delays = [chunk.delay_ms for chunk in instance.speech]
    durations = [chunk.duration_ms for chunk in instance.speech]
    return played(sound.samples, delays, durations, sound.rate_hz)
