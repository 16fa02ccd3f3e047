import numpy as np
import torch

from tests.fakes.speech import hum
from training.codec.losses import RESOLUTIONS, MelLoss, harmonics_loss, mel_filters


def wave(seed: int) -> torch.Tensor:
    return torch.from_numpy(hum(4096, seed))[None, None]


def test_filters_have_unit_area_and_cover_the_band() -> None:
    for window, bands in RESOLUTIONS:
        filters = mel_filters(24_000, window, bands)
        assert filters.shape == (bands, window // 2 + 1)
        used = filters.sum(1) > 0
        torch.testing.assert_close(filters[used].sum(1), torch.ones(int(used.sum())))
        assert float(used.double().mean()) > 0.6
        assert bool((filters[:, 1:-1].sum(0) > 0).double().mean() > 0.9)


def test_equal_speech_costs_nothing() -> None:
    assert float(MelLoss(24_000)(wave(1), wave(1))) == 0.0


def test_ten_times_as_loud_costs_one_a_resolution() -> None:
    noise = torch.from_numpy(
        np.random.default_rng(0).standard_normal((1, 1, 8192)).astype(np.float32)
    )
    loss = MelLoss(24_000, ((512, 80), (1024, 80)))
    used = [(mel_filters(24_000, window, 80).sum(1) > 0).double().mean() for window in (512, 1024)]
    torch.testing.assert_close(float(loss(noise, 10 * noise)), float(sum(used)), atol=0.02, rtol=0)


def test_the_loss_can_be_learned_from_silence() -> None:
    heard = torch.zeros(1, 1, 4096, requires_grad=True)
    MelLoss(24_000)(heard, wave(1)).backward()
    assert heard.grad is not None
    assert bool(torch.isfinite(heard.grad).all())


def test_harmonics_of_another_pitch_cost_more_than_another_phase() -> None:
    time_s = torch.arange(12_288) / 24_000

    def tone(hertz: float, turns: float) -> torch.Tensor:
        waves = [torch.sin(2 * torch.pi * n * (hertz * time_s + turns)) for n in range(1, 20)]
        return 0.05 * torch.stack(waves).sum(0)[None, None]

    wanted = tone(110.0, 0.0)
    assert float(harmonics_loss(wanted, wanted)) == 0.0
    assert float(harmonics_loss(tone(110.0, 0.3), wanted)) < 0.1
    assert float(harmonics_loss(tone(140.6, 0.0), wanted)) > 0.3
