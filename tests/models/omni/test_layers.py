"""The parts of a decoder block, worked out by hand."""

import pytest
import torch

from interp.models.omni.layers import Kept, RMSNorm, rotate, rotation
from tests.models.omni.tiny import compact_config, tiny_lm


def test_a_norm_makes_the_mean_square_one_and_keeps_the_type() -> None:
    norm = RMSNorm(4, 0.0)
    x = torch.tensor([[1.0, 2.0, 3.0, 4.0]], dtype=torch.bfloat16)
    with torch.no_grad():
        norm.weight.copy_(torch.tensor([1.0, 1.0, 1.0, 2.0]))
        out = norm(x.float())
    root = (30 / 4) ** 0.5
    assert torch.allclose(out, torch.tensor([[1 / root, 2 / root, 3 / root, 8 / root]]))


def test_a_rotation_turns_the_halves_together_and_keeps_lengths() -> None:
    config = compact_config()
    cos, sin = rotation(config, torch.tensor([[0, 3]]))
    x = torch.randn(1, 2, 1, config.head_dim, generator=torch.Generator().manual_seed(0))
    turned = rotate(x, cos, sin)
    assert torch.equal(turned[0, 0], x[0, 0])
    assert torch.allclose(turned.norm(dim=-1), x.norm(dim=-1))
    one, other = x[0, 1, 0, 0], x[0, 1, 0, config.head_dim // 2]
    three = torch.tensor(3.0)
    assert turned[0, 1, 0, 0] == pytest.approx(float(one * three.cos() - other * three.sin()))


def test_only_active_lanes_keep_what_is_new() -> None:
    config = compact_config()
    state = tiny_lm(config).init_state(2)
    new = torch.ones(2, 1, config.groups, config.head_dim)
    kept = Kept(state, torch.tensor([True, False]), torch.tensor([[2], [2]]))
    keys, values = kept.write(1, new, 2 * new)
    assert keys[0, 2].eq(1).all()
    assert values[0, 2].eq(2).all()
    assert not keys[1].any()
    assert not state.keys[0].any()
