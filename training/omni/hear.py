"""What the model hears: one vector a SNAC frame, from Whisper's encoder or from plain mel bands."""

import math
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
import whisper
from numpy.typing import NDArray
from torch import Tensor

from interp.core.audio import (
    MEL_HOP_SAMPLES,
    SNAC_FRAME_SAMPLES,
    SOURCE_RATE_HZ,
    TARGET_RATE_HZ,
    WINDOW_SAMPLES,
    Samples,
)
from interp.models.catalog import CATALOGUE
from interp.models.store import Store
from interp.models.whisper.assets import mel_filters
from interp.models.whisper.checkpoint import load_whisper
from interp.models.whisper.mel import log_mel, normalise

HALVES = 2
"""Vectors a frame that are put side by side: a frame is long against a phoneme."""
MELS = 80
RAW = "raw:"


class Hearer(Protocol):
    """A way to hear. name: as `hearer` takes it. dim: numbers a frame."""

    name: str
    dim: int

    def hear(self, samples: Samples) -> NDArray[np.float32]:
        """Speech at 16 kHz to features [frame, dim]."""


class MelHearer:
    """Log-mel bands: no weights, for small runs and tests."""

    name = "mel"
    dim = HALVES * MELS

    def __init__(self) -> None:
        self._filters = mel_filters(MELS)

    def hear(self, samples: Samples) -> NDArray[np.float32]:
        """As Hearer.hear."""
        audio = torch.from_numpy(samples.astype(np.float32))
        frames = max(1, len(samples) // MEL_HOP_SAMPLES)
        power = log_mel(audio, 0, frames, self._filters)
        mel = normalise(power, power.max())
        return per_frame(mel.T, SOURCE_RATE_HZ / MEL_HOP_SAMPLES).numpy()


class WhisperHearer:
    """openai-whisper's encoder over the padded window, as mini-omni hears; at most 30 s.

    pooled: one vector a SNAC frame; else every position, 50 a second, as mini-omni has them.
    """

    def __init__(
        self, name: str, *, pooled: bool = True, cache: Path = Path("runs/weights")
    ) -> None:
        checkpoint = load_whisper(Store(CATALOGUE, cache).open(name)[0])
        model = whisper.Whisper(whisper.ModelDimensions(**asdict(checkpoint.dims)))
        model.load_state_dict(checkpoint.state_dict, strict=False)
        self._encoder = model.encoder.eval()
        self._mels = checkpoint.dims.n_mels
        self.name, self._pooled = name if pooled else f"{RAW}{name}", pooled
        self.dim = checkpoint.dims.n_audio_state * (HALVES if pooled else 1)

    @torch.inference_mode()
    def hear(self, samples: Samples) -> NDArray[np.float32]:
        """As Hearer.hear; raises ValueError for more than a window."""
        if len(samples) > WINDOW_SAMPLES:
            raise ValueError(f"{len(samples) / SOURCE_RATE_HZ:.1f} s do not fit a window of 30 s")
        mel = whisper.log_mel_spectrogram(whisper.pad_or_trim(samples), self._mels)
        states: Tensor = self._encoder(mel[None])[0]
        heard = len(samples) // whisper.audio.N_SAMPLES_PER_TOKEN + 1
        rate_hz = SOURCE_RATE_HZ / whisper.audio.N_SAMPLES_PER_TOKEN
        features = per_frame(states[:heard], rate_hz) if self._pooled else states[:heard]
        return features.numpy()


def per_frame(features: Tensor, rate_hz: float) -> Tensor:
    """Features [time, dim] to one vector a SNAC frame [frame, 2 dim]: the means of its halves."""
    share = rate_hz * SNAC_FRAME_SAMPLES / TARGET_RATE_HZ / HALVES
    count = max(1, math.ceil(len(features) / (HALVES * share)))
    halves = [_mean(features, share * half, share * (half + 1)) for half in range(HALVES * count)]
    return torch.stack(halves).reshape(count, -1)


def _mean(features: Tensor, start: float, end: float) -> Tensor:
    first = min(int(start), len(features) - 1)
    return features[first : max(int(end), first + 1)].mean(dim=0)


def hearer(name: str) -> Hearer:
    """`mel`, a Whisper of the catalogue, or one whose positions stay as they are, `raw:NAME`."""
    if name in _PLAIN:
        return _PLAIN[name]()
    return WhisperHearer(name.removeprefix(RAW), pooled=not name.startswith(RAW))


_PLAIN: Mapping[str, type[MelHearer]] = {"mel": MelHearer}
