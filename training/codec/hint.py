"""A short way for the gradient to encoder and codebooks: a small network reads the spectrum
straight from the quantised latents. It teaches what codes must tell before the decoder can speak.
"""

from torch import Tensor, nn
from torch.nn import functional as F

from training.codec.losses import MelLoss

WINDOW, BANDS = 512, 80
SPECTRA = 4  # of a hop of 128 samples in one latent of 512


class Hint(nn.Module):
    """Latents to log10-mel spectra; used in training only."""

    def __init__(self, rate_hz: int, latent_dim: int, width: int = 256) -> None:
        super().__init__()
        self._mel = MelLoss(rate_hz, ((WINDOW, BANDS),))
        self.reader = nn.Sequential(
            nn.Conv1d(latent_dim, width, 5, padding=2),
            nn.GELU(),
            nn.Conv1d(width, width, 3, padding=1),
            nn.GELU(),
            nn.Conv1d(width, SPECTRA * BANDS, 1),
        )

    def forward(self, z: Tensor, wanted: Tensor) -> Tensor:
        """z [batch, latent_dim, frame], wanted [batch, 1, 512 frame] to the mean L1 error."""
        spectra = self._mel.log_mel(wanted[:, 0], WINDOW)[..., : SPECTRA * z.shape[-1]]
        batch, frames = z.shape[0], z.shape[-1]
        read = self.reader(z).reshape(batch, SPECTRA, BANDS, frames)
        return F.l1_loss(read, spectra.reshape(batch, BANDS, frames, SPECTRA).permute(0, 3, 1, 2))
