"""Pitch becomes harmonics of the right places, powers and phases, and never a seam."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from interp.core.audio import TARGET_RATE_HZ
from interp.models.harmonics import (
    BAND,
    LATENT_SAMPLES,
    MIDDLE_HZ,
    Source,
    VoicedDecoder,
    at_rest,
    oscillate,
)
from interp.models.snac import SnacConfig, build_snac

CPU = torch.device("cpu")
VOICED = SnacConfig(encoder_dim=4, decoder_dim=32, codebook_size=64, noise=False, voiced=True)


def voice(octaves: float, logit: float, latents: int) -> Tensor:
    return torch.tensor([[[octaves] * latents, [logit] * latents]])


def steady(hertz: float, samples: int) -> Source:
    phase = torch.arange(1, samples + 1, dtype=torch.float64) * hertz / TARGET_RATE_HZ % 1.0
    whole = torch.ones(1, samples, dtype=torch.float64)
    return Source(phase[None], hertz * whole, whole)


@pytest.mark.parametrize("stride", [1, 4, 16])
def test_pulses_are_all_harmonics_of_the_band_in_sum_of_unit_power(stride: int) -> None:
    source = steady(150.0, 4 * LATENT_SAMPLES)
    pulses = source.at_rate(stride)[0].double()
    turns = source.phase[0, stride // 2 :: stride]
    count = math.floor(BAND * TARGET_RATE_HZ / stride / 150.0)
    angles = 2 * math.pi * turns * torch.arange(1, count + 1)[:, None]
    scale = math.sqrt(2 / count)
    torch.testing.assert_close(pulses[0], scale * angles.cos().sum(0), atol=1e-4, rtol=0)
    torch.testing.assert_close(pulses[1], scale * angles.sin().sum(0), atol=1e-4, rtol=0)
    assert float(pulses.square().mean()) == pytest.approx(1.0, rel=0.1)


def test_the_pulses_beat_at_the_pitch() -> None:
    source, _ = oscillate(voice(0.5, 9.0, 47), at_rest(1, CPU))
    spectrum = np.abs(np.fft.rfft(source.at_rate(1)[0, 0].numpy()))
    hertz = np.argmax(spectrum[:300]) * TARGET_RATE_HZ / (47 * LATENT_SAMPLES)
    assert hertz == pytest.approx(MIDDLE_HZ * math.sqrt(2), abs=1.5)


def test_what_has_no_voice_has_no_pulses() -> None:
    source, _ = oscillate(voice(0.0, -40.0, 5), at_rest(1, CPU))
    assert float(source.at_rate(1).abs().max()) < 1e-6


def test_the_phase_goes_on_from_one_piece_to_the_next() -> None:
    torch.manual_seed(0)
    whole = torch.randn(1, 2, 40)
    wanted, _ = oscillate(whole, at_rest(1, CPU))
    before, heard = at_rest(1, CPU), list[Tensor]()
    for piece in torch.split(whole, [1, 7, 0, 12, 20], dim=-1):
        source, before = oscillate(piece, before)
        heard.append(source.at_rate(4))
    torch.testing.assert_close(torch.cat(heard, dim=-1), wanted.at_rate(4), atol=1e-6, rtol=0)


def test_without_its_gains_a_voiced_decoder_is_that_of_the_package() -> None:
    torch.manual_seed(0)
    voiced = build_snac(VOICED).get_submodule("decoder")
    assert isinstance(voiced, VoicedDecoder)
    for gains in voiced.harmonics.parameters():
        torch.nn.init.zeros_(gains)
    z = torch.randn(2, VOICED.latent_dim, 8)
    torch.testing.assert_close(voiced(z), voiced.model(z))
