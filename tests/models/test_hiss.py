"""Noise takes the place of lines where no voice sounds, and never a seam."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from interp.core.audio import TARGET_RATE_HZ
from interp.models.hiss import EDGES_HZ, HOP, Hiss

CPU = torch.device("cpu")
LINES_HZ = 46.875  # of latents


def lines(hops: int) -> Tensor:
    """A lattice of equally loud lines [1, 1, sample], as a decoder makes for a fricative."""
    at = torch.arange(hops * HOP) / TARGET_RATE_HZ
    tones = torch.arange(1, 250)[:, None] * LINES_HZ
    return 0.01 * torch.cos(2 * torch.pi * tones * (at + 0.1)).sum(0)[None, None]


def heard(hiss: Hiss, x: Tensor, loudness: Tensor, pieces: list[int]) -> Tensor:
    """x through a stream, so many samples at a time; the loudness of all hops is known before."""
    state, out, waiting = hiss.init_state(), [], loudness
    for piece in torch.split(x, pieces, dim=-1):
        out.append(hiss.step(piece, waiting, state, final=False))
        waiting = loudness[..., :0]
    out.append(hiss.step(x[..., :0], waiting, state, final=True))
    return torch.cat(out, -1)


def decibels(x: Tensor) -> NDArray[np.float64]:
    """Mean power of bands of 500 Hz from 0 Hz [band]."""
    power = np.abs(np.fft.rfft(x[0, 0].double().numpy())) ** 2
    size = round(500 * 2 * (len(power) - 1) / TARGET_RATE_HZ)
    bands = power[: len(power) // size * size].reshape(-1, size)
    decibels: NDArray[np.float64] = 10 * np.log10(bands.mean(1))
    return decibels


def lattice(x: Tensor) -> float:
    """How alike what is above the edges is to itself a latent later."""
    spectrum = np.fft.rfft(x[0, 0].double().numpy())
    spectrum[: int(len(spectrum) * 2 * EDGES_HZ[1] / TARGET_RATE_HZ)] = 0
    high = np.fft.irfft(spectrum)
    return float(np.corrcoef(high[: -2 * HOP], high[2 * HOP :])[0, 1])


def test_lines_become_noise_of_the_same_envelope() -> None:
    x = lines(400)
    out = heard(Hiss(0, CPU), x, torch.zeros(1, 1, 400), [x.shape[-1]])
    assert lattice(x) > 0.9
    assert abs(lattice(out)) < 0.1
    np.testing.assert_allclose(decibels(out)[:23], decibels(x)[:23], atol=1.0)


def test_what_is_low_stays() -> None:
    x = lines(40)
    out = heard(Hiss(0, CPU), x, torch.zeros(1, 1, 40), [x.shape[-1]])
    hertz = np.fft.rfftfreq(x.shape[-1], 1 / TARGET_RATE_HZ)
    changed = np.abs(np.fft.rfft((out - x)[0, 0].numpy()))
    assert changed[hertz < EDGES_HZ[0] - 200].max() < 0.02 * changed.max()


def test_where_a_voice_sounds_nothing_changes() -> None:
    x, voice = lines(40), torch.ones(1, 1, 40)
    out = heard(Hiss(0, CPU), x, voice, [x.shape[-1]])
    torch.testing.assert_close(out, x, atol=0, rtol=0)
    voice[..., :20] = 0
    out = heard(Hiss(0, CPU), x, voice, [x.shape[-1]])
    torch.testing.assert_close(out[..., 20 * HOP :], x[..., 20 * HOP :], atol=0, rtol=0)
    assert float((out - x).abs().max()) > 0.01


@pytest.mark.parametrize("pieces", [[1] * 30 + [5090], [0, 255, 1, 256, 0, 4608], [2048, 0, 3072]])
def test_any_split_gives_the_whole(pieces: list[int]) -> None:
    x = lines(20)
    voice = torch.linspace(0, 1, 20)[None, None]
    whole = heard(Hiss(0, CPU), x, voice, [x.shape[-1]])
    assert whole.shape == x.shape
    torch.testing.assert_close(heard(Hiss(0, CPU), x, voice, pieces), whole, atol=1e-6, rtol=0)


def test_a_seed_is_another_noise() -> None:
    x, voice = lines(20), torch.zeros(1, 1, 20)
    first, again, other = (heard(Hiss(seed, CPU), x, voice, [x.shape[-1]]) for seed in (0, 0, 1))
    torch.testing.assert_close(first, again, atol=0, rtol=0)
    assert float((first - other).abs().max()) > 0.01
