import pytest
import torch
from torch.nn import functional as F

from interp.models.snac import SnacConfig, build_snac
from training.codec.quantise import (
    Level,
    kmeans,
    levels_of,
    move_codes,
    nearest,
    pass_open,
    quantise,
    revive,
    use_of,
)

CONFIG = SnacConfig(encoder_dim=4, decoder_dim=32, codebook_size=32, noise=False)


def level(codebook: torch.Tensor) -> Level:
    return Level(torch.nn.Identity(), torch.nn.Identity(), codebook, stride=1)


def test_training_and_the_snac_package_quantise_alike() -> None:
    torch.manual_seed(0)
    model = build_snac(CONFIG).eval()
    z = torch.randn(2, CONFIG.latent_dim, 8)
    ours = quantise(levels_of(model, CONFIG.vq_strides), z)
    theirs, codes = model.get_submodule("quantizer")(z)
    torch.testing.assert_close(ours.z, theirs)
    assert [c.tolist() for c in ours.codes] == [c.tolist() for c in codes]
    assert [tuple(c.shape) for c in ours.codes] == [(2, 2), (2, 4), (2, 8)]


def test_gradients_pass_straight_through() -> None:
    model = build_snac(CONFIG)
    z = torch.randn(1, CONFIG.latent_dim, 8, requires_grad=True)
    quantise(levels_of(model, CONFIG.vq_strides), z).z.sum().backward()  # type: ignore[no-untyped-call]
    assert z.grad is not None
    assert float(z.grad.abs().sum()) > 0


def test_open_codebooks_pass_directions_of_one_length() -> None:
    model = build_snac(CONFIG)
    levels = levels_of(model, CONFIG.vq_strides)
    z = torch.randn(2, CONFIG.latent_dim, 8)
    passed = pass_open(levels, z, noise=0.0, seed=0)
    for latents in passed.latents:
        torch.testing.assert_close(latents.square().sum(1), torch.full((len(latents),), 8.0))
    noisy = [pass_open(levels, z, noise=0.3, seed=seed).z for seed in (1, 1, 2)]
    assert torch.equal(noisy[0], noisy[1])
    assert not torch.equal(noisy[0], noisy[2])


def test_nearest_goes_by_direction() -> None:
    codebook = torch.tensor([[1.0, 0.0], [0.0, 5.0]])
    latents = torch.tensor([[[9.0, 0.1], [1.0, 0.2]]])
    assert nearest(latents, codebook).tolist() == [[0, 1]]


def test_kmeans_finds_planted_directions_and_leaves_no_centre_empty() -> None:
    torch.manual_seed(0)
    planted = F.normalize(torch.randn(16, 8)) * 3
    points = planted.repeat_interleave(50, 0) + 0.02 * torch.randn(800, 8)
    errors: list[float] = []
    for rounds in (0, 20):
        centres = kmeans(points, 16, seed=1, rounds=rounds)
        codes = nearest(points.T[None], centres)[0]
        errors.append(float((F.normalize(points) - F.normalize(centres[codes])).norm(dim=1).mean()))
    assert use_of(codes, 16).share == 1.0
    assert errors[1] < 0.6 * errors[0]


def test_a_used_code_moves_to_the_mean_of_its_latents_and_others_stay() -> None:
    one = level(torch.tensor([[2.0, 0.0], [0.0, 2.0]]))
    latents = torch.tensor([[4.0, 0.0], [6.0, 0.0]])
    move_codes(one, latents, torch.tensor([[0, 0]]), rate=0.5)
    torch.testing.assert_close(one.codebook, torch.tensor([[4.25, 0.0], [0.0, 2.0]]))


def test_dead_codes_are_revived_where_the_error_is_and_live_ones_stay() -> None:
    torch.manual_seed(0)
    common = torch.tensor([[1.0, 0.0, 0.0]]).repeat(500, 1)
    rare = torch.tensor([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]).repeat(10, 1)
    one = level(torch.tensor([[1.0, 0.0, 0.0], [-1.0, 0.0, 0.0], [-1.0, -1.0, 0.0]]))
    memory = torch.cat([common, rare])
    assert revive(one, memory, seed=3) == 2
    assert one.codebook[0].tolist() == [1.0, 0.0, 0.0]
    assert {int(row.argmax()) for row in one.codebook[1:]} <= {1, 2}
    assert revive(one, torch.eye(3), seed=3) <= 1


def test_use_tells_one_code_from_all_codes() -> None:
    assert use_of(torch.zeros(9, dtype=torch.long), 4).perplexity == pytest.approx(1.0)
    even = use_of(torch.arange(8) % 4, 4)
    assert even.share == 1.0
    assert even.perplexity == pytest.approx(4.0)
