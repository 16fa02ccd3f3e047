"""The pitch that a voiced decoder is taught."""

import numpy as np
import torch

from interp.core.audio import TARGET_RATE_HZ
from interp.models.harmonics import LATENT_SAMPLES, MIDDLE_HZ
from tests.fakes.speech import hum
from training.codec.pitch import pitch_distance, pitch_loss, pitch_of, told

LATENTS = 24


def tone(hertz: float) -> torch.Tensor:
    time_s = np.arange(LATENTS * LATENT_SAMPLES) / TARGET_RATE_HZ
    wave = sum(np.sin(2 * np.pi * n * hertz * time_s) / n for n in range(1, 9))
    return torch.from_numpy(np.asarray(0.1 * wave, np.float32))


def test_the_pitch_of_tones_is_found_and_of_noise_is_not() -> None:
    noise = 0.05 * torch.randn(LATENTS * LATENT_SAMPLES, generator=torch.manual_seed(0))
    found = pitch_of(torch.stack((tone(110.0), tone(220.0), noise))[:, None])
    known = found.known.bool()[0]
    assert known.sum() == LATENTS - 3
    hertz = MIDDLE_HZ * 2 ** found.octaves[:2, known]
    torch.testing.assert_close(
        hertz, torch.tensor([[110.0], [220.0]]).expand_as(hertz), rtol=0.01, atol=0
    )
    assert found.voiced[:2, known].all()
    assert found.voiced[2, known].mean() < 0.2


def test_what_reads_the_pitch_rightly_loses_nothing() -> None:
    pitch = pitch_of(torch.from_numpy(hum(LATENTS * LATENT_SAMPLES, 3))[None, None])
    right = torch.stack((pitch.octaves, 40 * pitch.voiced - 20), dim=1)
    assert float(pitch_loss(right, pitch)) < 1e-3
    octave_off = right + torch.tensor([1.0, 0.0])[:, None]
    assert abs(float(pitch_loss(octave_off, pitch)) - 1) < 1e-3


def test_the_distance_of_two_recordings_is_that_of_their_pitch() -> None:
    low, high = tone(110.0).numpy(), tone(165.0).numpy()
    assert pitch_distance([low, high], [low, high]).octaves == 0
    apart = pitch_distance([low], [high[: len(high) // 2]])
    assert abs(apart.octaves - np.log2(1.5)) < 0.01
    assert apart.voicing == 0
    assert pitch_distance([low, low], [low, 0 * low]).voicing > 0.4


def test_a_decoder_is_told_the_truth_where_it_is_known() -> None:
    pitch = pitch_of(tone(180.0)[None, None])
    read = torch.zeros(1, 2, LATENTS)
    octaves, logits = told(read, pitch)[0]
    known = pitch.known[0].bool()
    torch.testing.assert_close(octaves[known], pitch.octaves[0, known])
    assert (logits[known] > 5).all()
    assert (octaves[~known] == 0).all()
    assert (logits[~known] == 0).all()
