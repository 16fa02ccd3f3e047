"""Reads spectra straight from quantised latents: how encoder and codebooks learn what codes must
tell, at a fraction of the cost of a waveform decoder, and how a listener hears what they tell.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.asr import mel_power
from training.codec.losses import FLOOR, MelLoss

LATENT_SAMPLES = 512
FAST, FAST_BANDS = 1024, 100  # window, hop 256: formants and their moves
FINE, FINE_BANDS = 2048, 160  # window, hop 512: harmonics
FAST_FRAMES = LATENT_SAMPLES // (FAST // 4)
FINE_WEIGHT = 0.5


@dataclass(slots=True)
class Spectra:
    """Log10-mel spectra: fast [batch, band, 2 latent], fine [batch, band, latent]."""

    fast: Tensor
    fine: Tensor


class Block(nn.Module):
    """A depthwise convolution in time and a layer over channels, added to what came in."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.block = nn.Sequential(
            nn.Conv1d(width, width, 7, padding=3, groups=width),
            nn.Conv1d(width, 2 * width, 1),
            nn.GELU(),
            nn.Conv1d(2 * width, width, 1),
        )

    def forward(self, x: Tensor) -> Tensor:
        """x and result [batch, width, latent]."""
        out: Tensor = x + self.block(x)
        return out


class Reader(nn.Module):
    """Latents to log10-mel spectra; used in training only."""

    def __init__(self, rate_hz: int, latent_dim: int, width: int = 256, blocks: int = 4) -> None:
        super().__init__()
        self._rate_hz = rate_hz
        self.mel = MelLoss(rate_hz, ((FAST, FAST_BANDS), (FINE, FINE_BANDS)))
        self.body = nn.Sequential(
            nn.Conv1d(latent_dim, width, 5, padding=2), *(Block(width) for _ in range(blocks))
        )
        self.fast = nn.Conv1d(width, FAST_FRAMES * FAST_BANDS, 1)
        self.fine = nn.Conv1d(width, FINE_BANDS, 1)

    def forward(self, z: Tensor) -> Spectra:
        """z [batch, latent_dim, latent]."""
        x = self.body(z)
        fast = self.fast(x).unflatten(1, (FAST_FRAMES, FAST_BANDS))
        return Spectra(fast.permute(0, 2, 3, 1).flatten(2), self.fine(x))

    def spectra(self, wave: Tensor) -> Spectra:
        """What a perfect reader would say of wave [batch, 1, 512 latent]."""
        latents = wave.shape[-1] // LATENT_SAMPLES
        return Spectra(
            self.mel.log_mel(wave[:, 0], FAST)[..., : FAST_FRAMES * latents],
            self.mel.log_mel(wave[:, 0], FINE)[..., :latents],
        )

    def power(self, z: Tensor) -> Tensor:
        """What a listener hears in z [1, latent_dim, latent]: Whisper's mel power [80, frame]."""
        mel = (10 ** self(z).fast[0] - FLOOR).clamp(min=0)
        filters = self.mel.get_buffer(f"filters_{FAST}")
        magnitude = (torch.linalg.pinv(filters) @ mel).clamp(min=0) * FAST**0.5  # normalised stft
        return mel_power(magnitude.square(), FAST, FAST // 4, self._rate_hz)

    def loss(self, z: Tensor, wanted: Tensor) -> Tensor:
        """Mean absolute error of both spectra, the fine one at half weight."""
        read, right = self(z), self.spectra(wanted)
        return F.l1_loss(read.fast, right.fast) + FINE_WEIGHT * F.l1_loss(read.fine, right.fine)
