"""What the decoder has to deceive: a wave folded by periods, and spectra at several resolutions.

Multi-period: Kong et al. 2020 (HiFi-GAN). Multi-resolution over complex spectra: Kumar et al. 2023.
"""

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import weight_norm

SLOPE = 0.1


@dataclass(frozen=True, slots=True)
class DiscriminatorConfig:
    """Which discriminators, how wide and how fast. channels: of their first layer. learning_rate:
    may be higher than the decoder's (Heusel et al., arXiv 1706.08500)."""

    periods: tuple[int, ...] = (2, 3, 5, 7, 11)
    windows: tuple[int, ...] = (2048, 1024, 512)
    channels: int = 32
    layers: int = 4
    learning_rate: float = 2e-4


@dataclass(slots=True)
class Judgement:
    """Scores [batch, ...] of one discriminator and the activations of its layers."""

    scores: Tensor
    features: list[Tensor]


class Stack(nn.Module):
    """2-D convolutions that halve or third one axis and double the channels, then one score."""

    def __init__(self, first: int, channels: int, layers: int, kernel: int, stride: int) -> None:
        super().__init__()
        widths = [first, *(min(channels * 2**layer, 8 * channels) for layer in range(layers))]
        self.layers = nn.ModuleList(
            weight_norm(
                nn.Conv2d(before, after, (kernel, 3), (stride, 1), padding=(kernel // 2, 1))
            )
            for before, after in pairwise(widths)
        )
        self.score = weight_norm(nn.Conv2d(widths[-1], 1, (3, 1), padding=(1, 0)))

    def forward(self, x: Tensor) -> Judgement:
        """x [batch, first, long, short]."""
        features: list[Tensor] = []
        for layer in self.layers:
            x = F.leaky_relu(layer(x), SLOPE)
            features.append(x)
        return Judgement(self.score(x), features)


class PeriodDiscriminator(nn.Module):
    """Sees every p-th sample side by side."""

    def __init__(self, period: int, config: DiscriminatorConfig) -> None:
        super().__init__()
        self.period = period
        self.stack = Stack(1, config.channels, config.layers, kernel=5, stride=3)

    def forward(self, wave: Tensor) -> Judgement:
        """wave [batch, 1, sample]."""
        short = -wave.shape[-1] % self.period
        padded = F.pad(wave, (0, short), mode="reflect")
        folded = padded.reshape(len(wave), 1, -1, self.period)
        judgement: Judgement = self.stack(folded)
        return judgement


class SpectrumDiscriminator(nn.Module):
    """Sees real and imaginary parts of a short-time spectrum."""

    def __init__(self, window: int, config: DiscriminatorConfig) -> None:
        super().__init__()
        self.window = window
        self.register_buffer("shape", torch.hann_window(window), persistent=False)
        self.stack = Stack(2, config.channels, config.layers, kernel=9, stride=2)

    def forward(self, wave: Tensor) -> Judgement:
        """wave [batch, 1, sample]."""
        spectrum = torch.stft(
            wave[:, 0],
            self.window,
            self.window // 4,
            window=self.get_buffer("shape"),
            normalized=True,
            return_complex=True,
        )
        judgement: Judgement = self.stack(torch.view_as_real(spectrum).permute(0, 3, 1, 2))
        return judgement


def build_discriminators(config: DiscriminatorConfig) -> nn.ModuleList:
    """All discriminators of a config."""
    return nn.ModuleList(
        [
            *(PeriodDiscriminator(period, config) for period in config.periods),
            *(SpectrumDiscriminator(window, config) for window in config.windows),
        ]
    )


def adversarial_loss(judgements: list[Judgement]) -> Tensor:
    """Least squares: the generator wants scores of one. Mean over discriminators."""
    return torch.stack([(1 - j.scores).square().mean() for j in judgements]).mean()


def discriminator_loss(heard: list[Judgement], wanted: list[Judgement]) -> Tensor:
    """Least squares: zero for what was decoded, one for the original."""
    pairs = zip(heard, wanted, strict=True)
    return torch.stack(
        [h.scores.square().mean() + (1 - w.scores).square().mean() for h, w in pairs]
    ).mean()


def feature_loss(heard: list[Judgement], wanted: list[Judgement]) -> Tensor:
    """L1 between activations, relative to the size of the original's; mean over all layers."""
    terms = [
        F.l1_loss(h, w.detach()) / w.detach().abs().mean().clamp(min=1e-4)
        for one, other in zip(heard, wanted, strict=True)
        for h, w in zip(one.features, other.features, strict=True)
    ]
    return torch.stack(terms).mean()
