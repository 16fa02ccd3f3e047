"""Reconstruction loss: mean absolute difference of log-mel spectra at several resolutions."""

import math
from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional as F

from interp.core.audio import TARGET_RATE_HZ

RESOLUTIONS = ((64, 10), (128, 20), (256, 40), (512, 80), (1024, 120), (2048, 160))
"""(window in samples, mel bands); the hop is a quarter of the window."""

FLOOR = 1e-3
"""Added to magnitudes before the logarithm, 50 dB below the loudest bands of speech at RMS 0.08.

Lower floors (DAC: 1e-5) spend half of the loss on the silence between words.
"""
HARMONICS_WINDOW, HARMONICS_HZ = 1536, 4000
TINY = 1e-5  # keeps the square root's gradient finite


def mel_filters(rate_hz: int, window: int, bands: int) -> torch.Tensor:
    """Triangular filters [band, window // 2 + 1], equally spaced on the mel scale, unit area."""
    top = _mel(rate_hz / 2)
    edges = torch.tensor([_hertz(top * i / (bands + 1)) for i in range(bands + 2)])
    bins = torch.linspace(0, rate_hz / 2, window // 2 + 1)
    rise = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    fall = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    filters = torch.minimum(rise, fall).clamp(min=0)
    return filters / filters.sum(1, keepdim=True).clamp(min=TINY)


def _mel(hertz: float) -> float:
    return 2595 * math.log10(1 + hertz / 700)


def _hertz(mel: float) -> float:
    return float(700 * (10 ** (mel / 2595) - 1))


class MelLoss(nn.Module):
    """L1 between log10-mel spectra, summed over resolutions (as DAC, Kumar et al. 2023, eq. 2)."""

    def __init__(self, rate_hz: int, resolutions: Sequence[tuple[int, int]] = RESOLUTIONS) -> None:
        super().__init__()
        self.windows = [window for window, _ in resolutions]
        for window, bands in resolutions:
            self.register_buffer(f"filters_{window}", mel_filters(rate_hz, window, bands))
            self.register_buffer(f"window_{window}", torch.hann_window(window))

    def forward(self, heard: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
        """heard, wanted [batch, 1, sample] to a scalar."""
        assert heard.shape == wanted.shape, f"{heard.shape} against {wanted.shape}"
        total = heard.new_zeros(())
        for window in self.windows:
            one, other = self.log_mel(torch.cat([heard, wanted])[:, 0], window).chunk(2)
            total = total + F.l1_loss(one, other)
        return total

    def log_mel(self, samples: torch.Tensor, window: int) -> torch.Tensor:
        """samples [batch, sample] to log10-mel [batch, band, frame]."""
        heard = magnitudes(samples, self.get_buffer(f"window_{window}"))
        return (self.get_buffer(f"filters_{window}") @ heard + FLOOR).log10()


def magnitudes(samples: torch.Tensor, window: torch.Tensor) -> torch.Tensor:
    """samples [batch, sample] to the magnitudes [batch, bin, frame] of their spectra under a window
    [sample], a quarter of it on from frame to frame."""
    spectrum = torch.stft(
        samples,
        len(window),
        len(window) // 4,
        window=window,
        normalized=True,
        return_complex=True,
    )
    return (torch.view_as_real(spectrum).square().sum(-1) + TINY**2).sqrt()


def harmonics_loss(heard: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """L1 between log10 magnitudes [batch, 1, sample] of every bin below HARMONICS_HZ, where mel
    bands are too wide to tell the harmonics of a voice from a buzz of any other pitch."""
    window = torch.hann_window(HARMONICS_WINDOW, device=wanted.device)
    bins = round(HARMONICS_HZ * HARMONICS_WINDOW / TARGET_RATE_HZ)
    low = magnitudes(torch.cat([heard, wanted])[:, 0], window)[:, :bins]
    one, other = (low + FLOOR).log10().chunk(2)
    return F.l1_loss(one, other)
