"""What an OmniLM hears: one vector a SNAC frame, from Whisper's encoder or from plain mel bands.

Whole recordings as they are learnt from, and speech that is still coming.
"""

import math
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from interp.core.audio import (
    ENCODER_FRAME_SAMPLES,
    MEL_HOP_SAMPLES,
    SNAC_FRAME_SAMPLES,
    SOURCE_RATE_HZ,
    TARGET_RATE_HZ,
    Samples,
)
from interp.core.translator import EncodeStep
from interp.models.precision import Precision
from interp.models.store import Store, WeightsError
from interp.models.whisper.assets import mel_filters
from interp.models.whisper.checkpoint import WhisperCheckpoint, load_whisper
from interp.models.whisper.encoder import KeyValues, Piece, WhisperEncoder
from interp.models.whisper.hearing import Hearing, SourceState
from interp.models.whisper.mel import log_mel, normalise
from interp.models.whisper.settings import WhisperSettings

HALVES = 2
"""Vectors a frame that are put side by side: a frame is long against a phoneme."""
MELS = 80
LOUDEST_LOG10 = 2.0
"""Power that plain bands are measured against: a constant, so that parts have that of the whole."""
RAW, PLAIN = "raw:", "mel"


class Hearer(Protocol):
    """A way to hear. name: as `hearer` takes it. dim: numbers a frame."""

    name: str
    dim: int

    def hear(self, samples: Samples) -> NDArray[np.float32]:
        """A whole recording at 16 kHz to features [frame, dim]."""


class Ear(Protocol):
    """A `Hearer` of speech that is still coming; its states are its own."""

    dim: int

    def init_state(self) -> Any:
        """Nothing was heard."""

    def listen(self, state: Any, samples: Samples, *, finished: bool) -> NDArray[np.float32]:
        """Features [frame, dim] of all frames that are whole now; at the end of the last one too.
        Those of earlier frames may have changed a little since: they stay as they were told."""


def frames_in(samples: int, *, finished: bool) -> int:
    """Frames of so many samples at 16 kHz, the last one counted where nothing more comes."""
    parts = samples * TARGET_RATE_HZ, SOURCE_RATE_HZ * SNAC_FRAME_SAMPLES
    return -(-parts[0] // parts[1]) if finished else parts[0] // parts[1]


class MelHearer:
    """Log-mel bands: no weights, for small runs and tests. Also an `Ear`."""

    name = PLAIN
    dim = HALVES * MELS

    def __init__(self) -> None:
        self._filters = mel_filters(MELS)

    def hear(self, samples: Samples) -> NDArray[np.float32]:
        """As Hearer.hear."""
        audio = torch.from_numpy(samples.astype(np.float32))
        frames = max(1, len(samples) // MEL_HOP_SAMPLES)
        power = log_mel(audio, 0, frames, self._filters)
        mel = normalise(power, torch.tensor(LOUDEST_LOG10))
        return per_frame(mel.T, SOURCE_RATE_HZ / MEL_HOP_SAMPLES).numpy()

    def init_state(self) -> list[Samples]:
        """As Ear.init_state."""
        return []

    def listen(
        self, state: list[Samples], samples: Samples, *, finished: bool
    ) -> NDArray[np.float32]:
        """As Ear.listen."""
        heard = np.concatenate([*state, samples])
        state[:] = [heard]
        count = frames_in(len(heard), finished=finished)
        return self.hear(heard)[:count] if count else np.zeros((0, self.dim), np.float32)


class WindowHearer:
    """Whisper's encoder over the padded window, every position of it, 50 a second: as mini-omni
    hears; at most 30 s."""

    def __init__(self, name: str, checkpoint: WhisperCheckpoint) -> None:
        dims = checkpoint.dims
        self._encoder = WhisperEncoder(checkpoint, Precision.FLOAT32)
        self._filters, self._window = mel_filters(dims.n_mels), dims.n_audio_ctx
        self._cache = torch.zeros(
            dims.n_audio_layer,
            2,
            dims.n_audio_head,
            self._window,
            dims.n_audio_state // dims.n_audio_head,
        )
        self.name, self.dim = f"{RAW}{name}", dims.n_audio_state

    @torch.inference_mode()
    def hear(self, samples: Samples) -> NDArray[np.float32]:
        """As Hearer.hear; raises ValueError for more than a window."""
        if len(samples) > self._window * ENCODER_FRAME_SAMPLES:
            raise ValueError(f"{len(samples) / SOURCE_RATE_HZ:.1f} s do not fit Whisper's window")
        audio = torch.from_numpy(samples.astype(np.float32))
        power = log_mel(audio, 0, 2 * self._window, self._filters)
        mel = torch.nn.functional.pad(normalise(power, power.max()), (0, 1))
        piece = Piece(mel, 0, self._window, KeyValues(self._cache, (), 1))
        (states,) = self._encoder.encode([piece])
        heard: NDArray[np.float32] = states[: len(samples) // ENCODER_FRAME_SAMPLES + 1].numpy()
        return heard


class WhisperEar:
    """The streaming encoder of `interp.models.whisper`, pooled. One state a segment. Also a
    `Hearer`: a whole recording costs a tenth of a padded window, and is heard as it is served."""

    def __init__(self, name: str, checkpoint: WhisperCheckpoint) -> None:
        with torch.inference_mode():
            self._hearing = Hearing(checkpoint, WhisperSettings())
        self.name, self.dim = name, HALVES * checkpoint.dims.n_audio_state

    def hear(self, samples: Samples) -> NDArray[np.float32]:
        """As Hearer.hear; raises ValueError for more than a window."""
        return self.listen(self.init_state(), samples, finished=True)

    def init_state(self) -> tuple[SourceState, list[Tensor]]:
        """As Ear.init_state."""
        return self._hearing.init_state(), []

    @torch.inference_mode()
    def listen(
        self, state: tuple[SourceState, list[Tensor]], samples: Samples, *, finished: bool
    ) -> NDArray[np.float32]:
        """As Ear.listen; raises ValueError where a segment outgrows Whisper's window."""
        source, kept = state
        first = source.frozen
        for rows in self._hearing.encode([EncodeStep(source, samples, finished=False)]):
            kept[:] = [torch.cat([kept[0][:first], rows]) if kept else rows]
        count = frames_in(source.samples, finished=finished)
        if not count:
            return np.zeros((0, self.dim), np.float32)
        return per_frame(kept[0][: source.heard], POSITIONS_HZ)[:count].numpy()


POSITIONS_HZ = SOURCE_RATE_HZ / ENCODER_FRAME_SAMPLES


def per_frame(features: Tensor, rate_hz: float) -> Tensor:
    """Features [time, dim] to one vector a SNAC frame [frame, 2 dim]: the means of its halves."""
    share = rate_hz * SNAC_FRAME_SAMPLES / TARGET_RATE_HZ / HALVES
    count = max(1, math.ceil(len(features) / (HALVES * share)))
    halves = [_mean(features, share * half, share * (half + 1)) for half in range(HALVES * count)]
    return torch.stack(halves).reshape(count, -1)


def _mean(features: Tensor, start: float, end: float) -> Tensor:
    first = min(int(start), len(features) - 1)
    return features[first : max(int(end), first + 1)].mean(dim=0)


def hearer(name: str, store: Store) -> Hearer:
    """`mel`, a Whisper of the store, or one whose positions stay as they are, `raw:NAME`. Raises
    WeightsError."""
    if name == PLAIN:
        return MelHearer()
    if name.startswith(RAW):
        plain = name.removeprefix(RAW)
        return WindowHearer(plain, _checkpoint(plain, store))
    return WhisperEar(name, _checkpoint(name, store))


def ear(name: str, store: Store) -> Ear:
    """The same for speech that is still coming; WeightsError where its positions are not pooled."""
    if name.startswith(RAW):
        raise WeightsError(f"{name} is heard whole, not while it comes")
    return MelHearer() if name == PLAIN else WhisperEar(name, _checkpoint(name, store))


def _checkpoint(name: str, store: Store) -> WhisperCheckpoint:
    return load_whisper(store.open(name)[0])
