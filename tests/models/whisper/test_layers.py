"""Layers read from a checkpoint's names, in whole numbers."""

import torch
from torch import Tensor

from interp.models.precision import Precision
from interp.models.whisper.layers import LayerReader

DIM, LOUD = 64, 40.0


def _weights() -> dict[str, Tensor]:
    random = torch.Generator().manual_seed(0)
    scale = 1 + 0.1 * torch.randn(DIM, generator=random)
    scale[5] = LOUD  # as in Whisper, a few channels are far larger than the others
    weight = torch.randn(32, DIM, generator=random)
    weight[:, 5] /= LOUD
    return {
        "norm.weight": scale,
        "norm.bias": 0.1 * torch.randn(DIM, generator=random),
        "grow.weight": weight,
        "grow.bias": torch.randn(32, generator=random),
        "mute.weight": torch.cat([scale[:-1], torch.zeros(1)]),
        "mute.bias": torch.zeros(DIM),
    }


def _error(norm: str, *, moved: bool) -> float:
    """Root mean square of what whole numbers are off, with the norm's weights moved or not."""
    x = 2 * torch.randn(50, DIM, generator=torch.Generator().manual_seed(1)) - 1
    exact, whole = (LayerReader(_weights(), each) for each in (Precision.FLOAT32, Precision.INT8))
    before, layer = exact.normed(norm, "grow")
    true = layer(before(x))
    if moved:
        before, layer = whole.normed(norm, "grow")
    else:
        layer = whole.linear("grow")
    return float((layer(before(x)) - true).square().mean().sqrt())


def test_a_channel_that_stands_out_costs_the_others_no_precision() -> None:
    assert _error("norm", moved=True) < 0.25 * _error("norm", moved=False)


def test_a_channel_that_is_always_zero_is_no_error() -> None:
    assert _error("mute", moved=True) < 0.2
