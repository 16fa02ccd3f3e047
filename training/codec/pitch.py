"""The pitch of recorded speech, which a voiced decoder learns to read from latents: Praat's
autocorrelation method (Boersma 1993), run by praat-parselmouth."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import parselmouth
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from interp.core.audio import TARGET_RATE_HZ, Samples
from interp.models.harmonics import HIGHEST_HZ, LATENT_SAMPLES, LOWEST_HZ, MIDDLE_HZ

SURE = 6.0
"""The logit of what is certainly voiced."""
EDGE_S = 1.5 / LOWEST_HZ
"""Half the tracker's window: nearer to the ends of a crop it knows nothing."""


@dataclass(frozen=True, slots=True)
class Pitch:
    """At the end of each latent, [batch, latent]. octaves: above MIDDLE_HZ, where voiced. known:
    whether voicing could be told."""

    octaves: Tensor
    voiced: Tensor
    known: Tensor


def pitch_of(wave: Tensor) -> Pitch:
    """Of speech [batch, 1, 512 latent] at 24 kHz."""
    count = wave.shape[-1] // LATENT_SAMPLES
    times_s = np.arange(1, count + 1) * LATENT_SAMPLES / TARGET_RATE_HZ
    length_s = wave.shape[-1] / TARGET_RATE_HZ
    hertz = np.stack([_track(one, times_s) for one in wave[:, 0].double().cpu().numpy()])
    voiced = ~np.isnan(hertz)
    octaves = np.log2(np.where(voiced, hertz, MIDDLE_HZ) / MIDDLE_HZ)
    known = np.broadcast_to((times_s > EDGE_S) & (times_s < length_s - EDGE_S), voiced.shape)
    return Pitch(
        *(
            torch.from_numpy(part.astype(np.float32)).to(wave.device)
            for part in (octaves, voiced, known)
        )
    )


def _track(samples: NDArray[np.float64], times_s: NDArray[np.float64]) -> NDArray[np.float64]:
    sound = parselmouth.Sound(samples, TARGET_RATE_HZ)
    track = sound.to_pitch_ac(
        time_step=LATENT_SAMPLES / TARGET_RATE_HZ / 2,
        pitch_floor=LOWEST_HZ,
        pitch_ceiling=HIGHEST_HZ,
    )
    return np.array([track.get_value_at_time(time_s) for time_s in times_s])


def told(read: Tensor, pitch: Pitch) -> Tensor:
    """What a decoder is told while it learns, [batch, 2, latent] as PitchReader gives it: the truth
    where it is known, so that it can rely on every harmonic, and else what was read."""
    read = read.detach()
    octaves = torch.where((pitch.voiced * pitch.known).bool(), pitch.octaves, read[:, 0])
    logits = torch.where(pitch.known.bool(), SURE * (2 * pitch.voiced - 1), read[:, 1])
    return torch.stack((octaves, logits), dim=1)


def pitch_loss(read: Tensor, pitch: Pitch) -> Tensor:
    """Mean error in octaves where a voice is, and cross-entropy of voicing, over what is known;
    read [batch, 2, latent] as PitchReader gives it."""
    heard = pitch.voiced * pitch.known
    octaves = ((read[:, 0] - pitch.octaves).abs() * heard).sum() / heard.sum().clamp(min=1)
    voicing = F.binary_cross_entropy_with_logits(read[:, 1], pitch.voiced, reduction="none")
    return octaves + (voicing * pitch.known).sum() / pitch.known.sum().clamp(min=1) / math.log(2)


@dataclass(frozen=True, slots=True)
class Distance:
    """Between the pitch of two recordings. octaves: median, where both are voiced. voicing: share
    of the moments at which just one is."""

    octaves: float
    voicing: float


def pitch_distance(heard: Sequence[Samples], wanted: Sequence[Samples]) -> Distance:
    """Over all pairs, each as long as its shorter part."""
    octaves: list[NDArray[np.float32]] = []
    differ: list[NDArray[np.bool_]] = []
    for one, other in zip(heard, wanted, strict=True):
        count = min(len(one), len(other)) // LATENT_SAMPLES * LATENT_SAMPLES
        pair = torch.from_numpy(np.stack((one[:count], other[:count])))[:, None]
        found = pitch_of(pair)
        both, apart = found.voiced.bool().all(0), found.voiced[0] != found.voiced[1]
        octaves.append((found.octaves[0] - found.octaves[1]).abs()[both].numpy())
        differ.append(apart.numpy())
    return Distance(float(np.median(np.concatenate(octaves))), float(np.concatenate(differ).mean()))
