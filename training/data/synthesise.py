"""Speak a list of sentences into shards: `python -m training.data.synthesise --config FILE`.

Shards that are complete are skipped, so a stopped run goes on where it was.
"""

import argparse
import multiprocessing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import soxr
from tqdm import tqdm

from interp.core.audio import TARGET_RATE_HZ, Samples
from training.config import load_config
from training.data.engine import Engine
from training.data.engines import engine_called
from training.data.shards import Utterance, shard_index, write_shard

PEAK = 0.95


@dataclass(frozen=True, slots=True)
class SynthesisConfig:
    """What to speak and where to. level: RMS of every utterance; limit: sentences, 0 for all."""

    sentences: Path
    out: Path
    engine: str = "piper-joe"
    shard_utterances: int = 100
    workers: int = 2
    level: float = 0.08
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


@dataclass(frozen=True, slots=True)
class _Job:
    config: SynthesisConfig
    number: int
    texts: tuple[str, ...]


_engines: dict[str, Engine] = {}  # one per worker process, loaded at its first job


def _run(job: _Job) -> float:
    """Write one shard; seconds of speech in it."""
    if job.config.engine not in _engines:
        _engines[job.config.engine] = engine_called(job.config.engine)
    engine = _engines[job.config.engine]
    utterances = [speak(engine, text, job.config.level) for text in job.texts]
    write_shard(job.config.out, job.number, utterances)
    return sum(len(utterance.samples) for utterance in utterances) / TARGET_RATE_HZ


def synthesise(config: SynthesisConfig) -> float:
    """Write the shards that are missing; seconds of speech added."""
    config.out.mkdir(parents=True, exist_ok=True)
    texts = config.sentences.read_text("utf-8").splitlines()[: config.limit or None]
    size = config.shard_utterances
    jobs = [
        _Job(config, number, tuple(texts[number * size : (number + 1) * size]))
        for number in range(-(-len(texts) // size))
        if not shard_index(config.out, number).exists()
    ]
    spoken_s = 0.0
    with multiprocessing.get_context("spawn").Pool(config.workers) as pool:
        progress = tqdm(pool.imap_unordered(_run, jobs), total=len(jobs), unit="shard")
        for seconds in progress:
            spoken_s += seconds
            progress.set_postfix(hours=f"{spoken_s / 3600:.2f}")
    return spoken_s


def main() -> None:
    """Read the config, let arguments override the paths and the limit, and speak."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--sentences", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--workers", type=int)
    arguments = parser.parse_args()
    config = load_config(arguments.config, SynthesisConfig)
    given = {k: v for k, v in vars(arguments).items() if k != "config" and v is not None}
    spoken_s = synthesise(replace(config, **given))
    print(f"{spoken_s / 3600:.2f} hours of speech added to {given.get('out', config.out)}")


if __name__ == "__main__":
    main()
