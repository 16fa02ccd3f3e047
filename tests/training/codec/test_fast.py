import copy

import pytest
import torch
from torch import nn

from interp.models.snac import SnacConfig, build_snac
from training.codec.fast import speed_up

pytestmark = pytest.mark.slow  # compiles C++


def test_the_kernels_compute_what_the_library_does() -> None:
    torch.manual_seed(0)
    library: nn.Module = build_snac(SnacConfig(encoder_dim=4, decoder_dim=32, noise=False))
    for name, parameter in library.named_parameters():
        if name.endswith("alpha"):
            nn.init.uniform_(parameter, 0.3, 3)
    fast = copy.deepcopy(library)
    speed_up(fast)
    wave = torch.randn(2, 1, 4096)
    for model in (library, fast):
        heard = model.get_submodule("decoder")(model.get_submodule("encoder")(wave))
        heard.square().sum().backward()
    assert library.state_dict().keys() == fast.state_dict().keys()
    for one, other in zip(library.parameters(), fast.parameters(), strict=True):
        if one.grad is not None:
            torch.testing.assert_close(one.grad, other.grad, rtol=1e-3, atol=1e-4)
