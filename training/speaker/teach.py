"""Speech with the teacher's alignment: `python -m training.speaker.teach --sentences F --out DIR`.

The teacher is Piper with the voice `joe` (VITS): its duration model says exactly which samples each
phoneme symbol takes, which is what the speaker learns from. Complete shards are skipped.
"""

import argparse
import random
import string
from functools import cache
from pathlib import Path

import numpy as np
import soxr
from piper.config import SynthesisConfig

from interp.core.audio import TARGET_RATE_HZ
from training.data.piper_engine import aligned_voice
from training.data.synthesise import at_level
from training.data.workers import Job, write_missing
from training.speaker.shards import Aligned, write_shard

LEVEL = 0.08
FRAGMENTS = 0.15  # of all: a few words without a final mark, as they come in live translation
OWN_PACE = 0.5  # of all: spoken at the teacher's own pace, the rest slower or faster
SLOWEST, FASTEST = 0.9, 1.35


class Teacher:
    """The voice, with durations as an output."""

    def __init__(self) -> None:
        self._voice = aligned_voice()

    def say(self, text: str, pace: float) -> Aligned:
        """Speak `text` at `pace` times the teacher's tempo, at 24 kHz and one level."""
        settings = SynthesisConfig(normalize_audio=False, length_scale=1 / pace)
        parts, symbols, ends, end = [], "", [], 0
        for chunk in self._voice.synthesize(text, settings, include_alignments=True):
            parts.append(chunk.audio_float_array)
            for each in chunk.phoneme_alignments or ():
                end += int(each.num_samples)
                symbols += each.phoneme
                ends.append(end)
        rate_hz = self._voice.config.sample_rate
        samples = soxr.resample(np.concatenate(parts), rate_hz, TARGET_RATE_HZ).astype(np.float32)
        scaled = tuple(round(at * TARGET_RATE_HZ / rate_hz) for at in ends)
        return Aligned(text, at_level(samples, LEVEL), symbols, scaled, pace)


def varied(text: str, rng: random.Random) -> tuple[str, float]:
    """A text, sometimes a fragment of it, and a pace, mostly the teacher's own."""
    words = text.split()
    if rng.random() < FRAGMENTS and len(words) > 3:
        count = rng.randint(1, min(len(words) - 1, 7))
        start = rng.randrange(len(words) - count + 1)
        text = " ".join(words[start : start + count]).strip(string.punctuation + " ")
    pace = 1.0 if rng.random() < OWN_PACE else rng.uniform(SLOWEST, FASTEST)
    return text, pace


_teacher = cache(Teacher)  # one per worker process, loaded at its first job


def _write(job: Job) -> float:
    rng = random.Random(job.first)
    spoken = [_teacher().say(*varied(text, rng)) for text in job.texts]
    write_shard(job.index, [each for each in spoken if each.symbols])
    return sum(len(each.samples) for each in spoken) / TARGET_RATE_HZ


def main() -> None:
    """Speak the shards that are missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentences", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=5_000)
    parser.add_argument("--shard", type=int, default=100, help="utterances in a shard")
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    texts = arguments.sentences.read_text("utf-8").splitlines()[: arguments.limit]
    write_missing(arguments.out, texts, arguments.shard, _write, arguments.workers)


if __name__ == "__main__":
    main()
