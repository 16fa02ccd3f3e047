"""What an entry is to the model: features of what is heard, codes of what is said.

One entry at a time, in order: here by a plain loop, in `extract_on_ray.py` by many processes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

from interp.core.audio import SOURCE_RATE_HZ, TARGET_RATE_HZ, Samples
from interp.intake.file import read_audio
from interp.models.omni.grid import AUDIO_ROWS
from interp.models.omni.hearing import hearer
from training.data.distort import Distortion, chance_of, distorted, with_pause
from training.data.manifest import Entry
from training.speaker.encode import snac_encoder
from training.weights import store

HEARD_TYPE, SPOKEN_TYPE = "float16", "uint16"


@dataclass(frozen=True, slots=True)
class Extraction:
    """home: folder of the recordings. hears: as `hearing.hearer` takes it. codec: folder of its
    weights; None where nothing is to be said. distorted: part of what is heard through noise.
    paused: part of it that silence follows."""

    home: Path
    hears: str
    codec: Path | None = None
    distorted: float = 0.0
    paused: float = 0.0


@dataclass(frozen=True, slots=True)
class Extracted:
    """heard: features [frame, dim]. spoken: codes [frame, 7]. Empty where there is no speech."""

    heard: NDArray[np.float16]
    spoken: NDArray[np.uint16]


class Extractor:
    """The models that hear and encode, loaded once."""

    def __init__(self, job: Extraction) -> None:
        self._job, self.ear = job, hearer(job.hears, store())
        self._encode = snac_encoder(job.codec) if job.codec else None

    def extract(self, entry: Entry) -> Extracted:
        """Both sides of an entry."""
        heard = self._heard(entry).astype(HEARD_TYPE)
        return Extracted(heard, self._spoken(entry).astype(SPOKEN_TYPE))

    def _heard(self, entry: Entry) -> NDArray[Any]:
        if not entry.source_audio:
            return np.zeros((0, self.ear.dim))
        samples = read_audio(self._job.home / entry.source_audio)
        end = entry.end_ms * SOURCE_RATE_HZ // 1000 or len(samples)
        samples = samples[entry.start_ms * SOURCE_RATE_HZ // 1000 : end]
        rng = chance_of(entry.name, entry.seed)
        pause = chance_of(f"{entry.name} pause", entry.seed)
        if pause.random() < self._job.paused:
            samples = with_pause(samples, SOURCE_RATE_HZ, pause)
        if rng.random() < self._job.distorted:
            samples = distorted(samples, SOURCE_RATE_HZ, Distortion(), rng)
        return self.ear.hear(samples)

    def _spoken(self, entry: Entry) -> NDArray[Any]:
        if self._encode is None or not entry.target_audio:
            return np.zeros((0, AUDIO_ROWS))
        return self._encode(_at_24_khz(read_audio(self._job.home / entry.target_audio)))


def extracted(entries: Iterable[Entry], job: Extraction) -> Iterator[Extracted]:
    """All of them, one after the other."""
    yield from map(Extractor(job).extract, entries)


def _at_24_khz(samples: Samples) -> Samples:
    spoken: Samples = soxr.resample(samples, SOURCE_RATE_HZ, TARGET_RATE_HZ).astype(np.float32)
    return spoken
