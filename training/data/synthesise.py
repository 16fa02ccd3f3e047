"""Speak a list of sentences into shards: `python -m training.data.synthesise --config FILE`.

Shards that are complete are skipped, so a stopped run goes on where it was.
"""

import argparse
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

import numpy as np
import soxr

from interp.core.audio import TARGET_RATE_HZ, Samples
from interp.core.settings import read_settings
from training.data.engine import Engine
from training.data.engines import engine_called
from training.data.shards import Utterance, write_shard
from training.data.workers import Job, write_missing

PEAK = 0.95
LEVEL = 0.08
"""RMS of made speech."""


@dataclass(frozen=True, slots=True)
class SynthesisConfig:
    """What to speak and where to. level: RMS of every utterance; limit: sentences, 0 for all."""

    sentences: Path
    out: Path
    engine: str = "piper-joe"
    shard_utterances: int = 100
    workers: int = 2
    level: float = LEVEL
    limit: int = 0


def at_level(samples: Samples, level: float) -> Samples:
    """Scale to RMS `level`, or less where the peak would pass PEAK. Silence is left alone."""
    rms, peak = float(np.sqrt(np.mean(samples**2))), float(np.abs(samples).max())
    if rms == 0.0:
        return samples
    return np.asarray(samples * min(level / rms, PEAK / peak), np.float32)


def speak(engine: Engine, text: str, level: float) -> Utterance:
    """One sentence at 24 kHz and at the wished level."""
    speech = engine.say(text)
    samples = soxr.resample(speech.samples, speech.rate_hz, TARGET_RATE_HZ).astype(np.float32)
    factor = TARGET_RATE_HZ / speech.rate_hz
    words = tuple(word.rescaled(factor) for word in speech.words)
    return Utterance(text, at_level(samples, level), words)


_engine = cache(engine_called)  # one of a name per worker process, loaded at its first job


def _write(config: SynthesisConfig, job: Job) -> float:
    utterances = [speak(_engine(config.engine), text, config.level) for text in job.texts]
    write_shard(job.index, utterances)
    return sum(len(utterance.samples) for utterance in utterances) / TARGET_RATE_HZ


def synthesise(config: SynthesisConfig) -> float:
    """Write the shards that are missing; seconds of speech added."""
    texts = config.sentences.read_text("utf-8").splitlines()[: config.limit or None]
    write = partial(_write, config)
    return write_missing(config.out, texts, config.shard_utterances, write, config.workers)


def main() -> None:
    """Read the config, let arguments override the paths and the limit, and speak."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--sentences", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--workers", type=int)
    arguments = parser.parse_args()
    config = read_settings(arguments.config, SynthesisConfig)
    given = {k: v for k, v in vars(arguments).items() if k != "config" and v is not None}
    spoken_s = synthesise(replace(config, **given))
    print(f"{spoken_s / 3600:.2f} hours of speech added to {given.get('out', config.out)}")


if __name__ == "__main__":
    main()
