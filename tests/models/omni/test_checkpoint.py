"""Loading a file with the names and shapes of mini-omni's release."""

import warnings
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from interp.models.omni.checkpoint import load_released
from interp.models.omni.config import mini_omni
from interp.models.omni.lm import OmniLM
from tests.models.omni.tiny import released_config


def fake_release(equal: bool) -> dict[str, Tensor]:
    """A release of a very small model, tensor by tensor from its published list."""
    config = released_config()
    torch.manual_seed(5)
    vocab, dim = config.layout.total_vocab, config.dim
    tensors = {"transformer.wte.weight": torch.randn(vocab, dim)}
    tensors["lm_head.weight"] = tensors["transformer.wte.weight"].clone()
    if not equal:
        tensors["lm_head.weight"] += 1.0
    for layer in range(config.layers):
        h = f"transformer.h.{layer}"
        tensors |= {
            f"{h}.norm_1.weight": torch.rand(dim),
            f"{h}.norm_2.weight": torch.rand(dim),
            f"{h}.attn.attn.weight": torch.randn(8 * config.head_dim, dim),
            f"{h}.attn.attn.bias": torch.randn(8 * config.head_dim),
            f"{h}.attn.proj.weight": torch.randn(dim, 16),
            f"{h}.mlp.fc_1.weight": torch.randn(config.hidden, dim),
            f"{h}.mlp.fc_2.weight": torch.randn(config.hidden, dim),
            f"{h}.mlp.proj.weight": torch.randn(dim, config.hidden),
        }
    return tensors | {
        "transformer.ln_f.weight": torch.rand(dim),
        "whisper_adapter.fc_1.weight": torch.randn(config.adapter_dim, config.source_dim),
        "whisper_adapter.fc_2.weight": torch.randn(config.adapter_dim, config.source_dim),
        "whisper_adapter.proj.weight": torch.randn(dim, config.adapter_dim),
    }


def test_the_released_size_has_the_published_tensors() -> None:
    with torch.device("meta"):
        model = OmniLM(mini_omni())
    shapes = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    assert len(shapes) == 198
    assert shapes["lm_head.weight"] == shapes["transformer.wte.weight"] == (181_120, 896)
    assert shapes["transformer.h.23.attn.attn.weight"] == (1152, 896)
    assert shapes["whisper_adapter.fc_1.weight"] == (4864, 768)
    assert sum(parameter.numel() for parameter in model.parameters()) == 532_010_880


@pytest.mark.parametrize("name", ["model.safetensors", "lit_model.pth"])
def test_a_release_is_loaded_from_either_kind_of_file(tmp_path: Path, name: str) -> None:
    tensors = fake_release(equal=True)
    if name.endswith("pth"):
        torch.save(tensors, tmp_path / name)
    else:
        save_file(tensors, tmp_path / name)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = load_released(tmp_path / name, released_config())
    for key, tensor in model.state_dict().items():
        assert torch.equal(tensor, tensors[key])
    assert model.lm_head.weight is model.transformer["wte"].weight


def test_a_tied_model_warns_of_a_different_head_and_takes_the_embedding(tmp_path: Path) -> None:
    tensors = fake_release(equal=False)
    save_file(tensors, tmp_path / "model.safetensors")
    with pytest.warns(UserWarning, match="different"):
        model = load_released(tmp_path / "model.safetensors", released_config(tied=True))
    assert torch.equal(model.lm_head.weight, tensors["transformer.wte.weight"])


def test_an_untied_model_keeps_both(tmp_path: Path) -> None:
    tensors = fake_release(equal=False)
    save_file(tensors, tmp_path / "model.safetensors")
    model = load_released(tmp_path / "model.safetensors", released_config(tied=False))
    found = model.state_dict()
    assert torch.equal(found["lm_head.weight"], tensors["lm_head.weight"])
    assert torch.equal(found["transformer.wte.weight"], tensors["transformer.wte.weight"])


def test_a_missing_tensor_is_an_error_that_names_it(tmp_path: Path) -> None:
    tensors = fake_release(equal=True)
    del tensors["transformer.h.1.norm_2.weight"]
    save_file(tensors, tmp_path / "model.safetensors")
    with pytest.raises(ValueError, match=r"h\.1\.norm_2"):
        load_released(tmp_path / "model.safetensors", released_config())


def test_queries_keys_and_values_are_interleaved_by_group() -> None:
    """Group 0 is two queries, a key, a value; its value silenced, its heads are silent."""
    config = released_config()
    torch.manual_seed(6)
    attention = OmniLM(config).transformer["h"][0].attn  # type: ignore[index]
    value_of_group_0 = slice(3 * config.head_dim, 4 * config.head_dim)
    with torch.no_grad():
        attention.attn.weight[value_of_group_0] = 0.0
        attention.attn.bias[value_of_group_0] = 0.0
        attention.proj.weight.copy_(torch.eye(config.dim))
        model = OmniLM(config)
        span = model._alone(torch.zeros(1, 3, config.dim))
        heads = attention(torch.randn(1, 3, config.dim), span, 0).unflatten(-1, (4, -1))
    assert bool((heads[..., :2, :] == 0).all())
    assert bool((heads[..., 2:, :] != 0).all())
