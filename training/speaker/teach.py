"""Speech with a teacher's alignment: `python -m training.speaker.teach --sentences F --out DIR`.

Complete shards are skipped.
"""

import argparse
import random
import string
from functools import cache, partial
from pathlib import Path

from interp.core.audio import TARGET_RATE_HZ
from training.data.workers import Job, write_missing
from training.speaker.shards import write_shard
from training.speaker.teachers import teacher_called

FRAGMENTS = 0.15  # of all: a few words without a final mark, as they come in live translation
OWN_PACE = 0.5  # of all: spoken at the teacher's own pace, the rest slower or faster
SLOWEST, FASTEST = 0.9, 1.35


def varied(text: str, rng: random.Random) -> tuple[str, float]:
    """A text, sometimes a fragment of it, and a pace, mostly the teacher's own."""
    words = text.split()
    if rng.random() < FRAGMENTS and len(words) > 3:
        count = rng.randint(1, min(len(words) - 1, 7))
        start = rng.randrange(len(words) - count + 1)
        text = " ".join(words[start : start + count]).strip(string.punctuation + " ")
    pace = 1.0 if rng.random() < OWN_PACE else rng.uniform(SLOWEST, FASTEST)
    return text, pace


_teacher = cache(teacher_called)  # one per worker process, loaded at its first job


def _write(name: str, job: Job) -> float:
    rng = random.Random(job.first)
    spoken = [_teacher(name).say(*varied(text, rng)) for text in job.texts]
    write_shard(job.index, [each for each in spoken if each.symbols])
    return sum(len(each.samples) for each in spoken) / TARGET_RATE_HZ


def main() -> None:
    """Speak the shards that are missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentences", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--teacher", default="piper-joe", help="or kokoro: and a voice's name")
    parser.add_argument("--limit", type=int, default=5_000)
    parser.add_argument("--shard", type=int, default=100, help="utterances in a shard")
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    texts = arguments.sentences.read_text("utf-8").splitlines()[: arguments.limit]
    write = partial(_write, arguments.teacher)
    write_missing(arguments.out, texts, arguments.shard, write, arguments.workers)


if __name__ == "__main__":
    main()
