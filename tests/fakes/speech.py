"""Shards of made-up speech for training tests: harmonics whose pitch and loudness change."""

from pathlib import Path

import numpy as np

from interp.core.audio import TARGET_RATE_HZ, Samples
from training.data.shards import Utterance, shard_index, write_shard
from training.data.words import proportional_times


def hum(samples: int, seed: int) -> Samples:
    """A tone with harmonics, [samples] at 24 kHz."""
    rng = np.random.default_rng(seed)
    time_s = np.arange(samples) / TARGET_RATE_HZ
    pitch_hz = 100 + 80 * rng.random() + 20 * np.sin(2 * np.pi * 3 * time_s)
    phase = 2 * np.pi * np.cumsum(pitch_hz) / TARGET_RATE_HZ
    tone = sum(np.sin(n * phase) / n for n in range(1, 8))
    return (0.1 * tone * (1 + np.sin(2 * np.pi * 2 * time_s)) / 2).astype(np.float32)


def write_hums(folder: Path, shards: int, utterances: int = 2, samples: int = 12_000) -> None:
    """Shards of hums that claim to say `one two three`."""
    folder.mkdir(parents=True, exist_ok=True)
    words = proportional_times(["One", "two", "three."], 0, samples)
    for number in range(shards):
        write_shard(
            shard_index(folder, number),
            [
                Utterance("One two three.", hum(samples, 10 * number + i), words)
                for i in range(utterances)
            ],
        )
