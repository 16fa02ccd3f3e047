"""Random crops of speech: batch number `step` is a pure function of the seed, so runs resume."""

from pathlib import Path

import numpy as np
import torch

from interp.core.audio import Samples
from training.data.shards import read_shard

QUIET_RMS = 0.01
_TRIES = 8


class Crops:
    """All speech of some shards in memory, as 16-bit samples."""

    def __init__(self, folder: Path, shards: int, crop_samples: int, seed: int) -> None:
        indexes = sorted(folder.glob("*.jsonl"))[:shards]
        if len(indexes) < shards:
            raise ValueError(f"{folder} has {len(indexes)} shards, {shards} are asked for")
        parts = [utterance.samples for index in indexes for utterance in read_shard(index)]
        self._audio = np.rint(np.concatenate(parts) * 32767).astype(np.int16)
        self._crop_samples = crop_samples
        self._seed = seed

    @property
    def total_samples(self) -> int:
        """Length of all speech."""
        return len(self._audio)

    def batch(self, step: int, size: int) -> torch.Tensor:
        """Batch number `step` [size, 1, sample]; crops that are nearly silent are drawn again."""
        rng = np.random.default_rng((self._seed, step))
        crops = np.stack([self._crop(rng) for _ in range(size)])
        return torch.from_numpy(crops)[:, None]

    def _crop(self, rng: np.random.Generator) -> Samples:
        for _ in range(_TRIES):
            start = int(rng.integers(0, len(self._audio) - self._crop_samples))
            pcm = self._audio[start : start + self._crop_samples]
            crop = np.asarray(pcm / np.float32(32767), np.float32)
            if float(np.sqrt(np.mean(crop**2))) >= QUIET_RMS:
                break
        return crop
