import torch

from interp.core.audio import TARGET_RATE_HZ
from training.codec.reader import LATENT_SAMPLES, Reader


def test_spectra_and_what_is_read_have_the_same_shape() -> None:
    reader = Reader(TARGET_RATE_HZ, latent_dim=4, width=8, blocks=1)
    right = reader.spectra(torch.randn(2, 1, 6 * LATENT_SAMPLES))
    read = reader(torch.randn(2, 4, 6))
    assert read.fast.shape == right.fast.shape == (2, 100, 12)
    assert read.fine.shape == right.fine.shape == (2, 160, 6)


def test_frames_are_read_in_order() -> None:
    reader = Reader(TARGET_RATE_HZ, latent_dim=4, width=8, blocks=0)
    z = torch.zeros(1, 4, 9)
    quiet = reader(z).fast
    z[..., 4] = 1
    changed = (reader(z).fast - quiet).abs().sum(dim=(0, 1)) > 1e-6
    assert changed.nonzero().flatten().tolist() == list(range(4, 14))  # latents 2 .. 6
