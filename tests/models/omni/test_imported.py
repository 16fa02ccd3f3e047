"""Models of others, in miniature: the folders they come in, and that they compute what they did."""

import json
from pathlib import Path

import pytest
import torch
import yaml
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from torch import Tensor
from torch.nn import functional as F

from interp.models.omni.config import OmniConfig, mini_omni
from interp.models.omni.imported import from_qwen2, imported, litgpt_config, qwen2_config
from interp.models.omni.lm import OmniLM
from interp.models.omni.release import load_omni
from interp.models.omni.tokens import BYTE_PAIRS, load_tokens
from training.__main__ import main

SIZES = {
    "n_layer": 2,
    "n_embd": 16,
    "n_head": 4,
    "n_query_groups": 2,
    "head_size": 4,
    "intermediate_size": 24,
    "block_size": 64,
    "whisper_adapter_dim": 6,
    "text_vocab_size": 364,
    "audio_vocab_size": 84,
    "rope_base": 1_000_000,
    "norm_eps": 1e-6,
    "tie_word_embeddings": True,
}
QWEN = {
    "num_hidden_layers": 2,
    "hidden_size": 16,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "intermediate_size": 24,
    "rope_theta": 10_000.0,
    "rms_norm_eps": 1e-6,
    "vocab_size": 300,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With a byte-level tokenizer."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {letter: number for number, letter in enumerate(alphabet)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.save(str(tmp_path / BYTE_PAIRS))
    return tmp_path


def qwen2() -> dict[str, Tensor]:
    torch.manual_seed(0)
    shapes = {"model.embed_tokens.weight": (300, 16), "model.norm.weight": (16,)}
    for layer in range(2):
        each = f"model.layers.{layer}."
        shapes |= {
            f"{each}self_attn.q_proj.weight": (16, 16),
            f"{each}self_attn.q_proj.bias": (16,),
            f"{each}self_attn.k_proj.weight": (8, 16),
            f"{each}self_attn.k_proj.bias": (8,),
            f"{each}self_attn.v_proj.weight": (8, 16),
            f"{each}self_attn.v_proj.bias": (8,),
            f"{each}self_attn.o_proj.weight": (16, 16),
            f"{each}mlp.gate_proj.weight": (24, 16),
            f"{each}mlp.up_proj.weight": (24, 16),
            f"{each}mlp.down_proj.weight": (16, 24),
            f"{each}input_layernorm.weight": (16,),
            f"{each}post_attention_layernorm.weight": (16,),
        }
    return {name: torch.randn(shape) * 0.3 for name, shape in shapes.items()}


def straight(t: dict[str, Tensor], x: Tensor) -> Tensor:
    """Qwen2 over embedded steps [step, dim], from its published form, without any of our parts."""
    steps, heads, groups, width = len(x), 4, 2, 4
    angle = torch.arange(steps)[:, None] * 10_000.0 ** (-torch.arange(0, width, 2) / width)
    cos, sin = angle.cos().repeat(1, 2), angle.sin().repeat(1, 2)

    def norm(y: Tensor, weight: Tensor) -> Tensor:
        return y / (y.square().mean(-1, keepdim=True) + 1e-6).sqrt() * weight

    def turned(y: Tensor) -> Tensor:
        flipped = torch.cat((-y[:, width // 2 :], y[:, : width // 2]), dim=1)
        return y * cos + flipped * sin

    hidden = torch.full((steps, steps), float("-inf")).triu(1)
    for layer in range(2):
        w = {n.removeprefix(f"model.layers.{layer}."): v for n, v in t.items()}
        y = norm(x, w["input_layernorm.weight"])
        q, k, v = (
            F.linear(y, w[f"self_attn.{p}_proj.weight"], w[f"self_attn.{p}_proj.bias"])
            for p in "qkv"
        )
        mixed = []
        for head in range(heads):
            group = head * groups // heads
            own = slice(head * width, (head + 1) * width)
            shared = slice(group * width, (group + 1) * width)
            scores = turned(q[:, own]) @ turned(k[:, shared]).T / width**0.5 + hidden
            mixed.append(scores.softmax(-1) @ v[:, shared])
        x = x + F.linear(torch.cat(mixed, dim=1), w["self_attn.o_proj.weight"])
        y = norm(x, w["post_attention_layernorm.weight"])
        gate = F.silu(F.linear(y, w["mlp.gate_proj.weight"])) * F.linear(y, w["mlp.up_proj.weight"])
        x = x + F.linear(gate, w["mlp.down_proj.weight"])
    return norm(x, t["model.norm.weight"])


def test_qwen2_computes_what_it_did() -> None:
    tensors = qwen2()
    model = from_qwen2(tensors, qwen2_config(QWEN))
    words = tensors["model.embed_tokens.weight"]
    x = words[torch.tensor([3, 200, 7, 7, 150])]
    with torch.no_grad():
        assert torch.allclose(model(x[None])[0], straight(tensors, x), atol=1e-4)
        logits = model.text_logits(model(x[None]))[0, :, :300]
        assert torch.allclose(logits, straight(tensors, x) @ words.T, atol=1e-3)


def test_a_folder_of_qwen2_is_read_and_the_rest_is_random(folder: Path) -> None:
    (folder / "config.json").write_text(json.dumps(QWEN))
    save_file(qwen2(), folder / "model.safetensors")
    model = imported(folder)
    layout = model.lm.config.layout
    assert (layout.text_tokens, layout.codes) == (300, 4096)
    rest = model.lm.lm_head.weight[300:].detach()
    assert 0.015 < float(rest.std()) < 0.025


@pytest.mark.parametrize("second", [False, True], ids=["mini-omni", "mini-omni2"])
def test_a_release_of_mini_omni_answers_from_the_command_line(
    folder: Path, second: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    config = litgpt_config(SIZES)
    torch.manual_seed(0)
    tensors = {name: t.clone() for name, t in OmniLM(config).state_dict().items()}
    if second:
        tensors["vision_adapter.fc_1.weight"] = torch.zeros(24, 512)
    torch.save(tensors, folder / "lit_model.pth")
    (folder / "model_config.yaml").write_text(yaml.safe_dump(SIZES))
    assert main(["import", str(folder), "--out", str(folder / "ours")]) == 0
    model = load_omni(folder / "ours")
    assert model.card.hears == "raw:whisper-small"
    assert torch.equal(model.lm.state_dict()["lm_head.weight"], tensors["lm_head.weight"])
    for task in ("t2t", "t2a"):
        asked = ["--task", task, "--text", "hello", "--lanes", "2"]
        assert main(["infer", "--model", str(folder / "ours"), *asked]) == 0
    assert capsys.readouterr().err == ""


def test_sizes_are_mini_omnis_where_the_file_says_nothing() -> None:
    assert litgpt_config({}) == mini_omni()


def test_released_sizes_hold_two_tables() -> None:
    config = OmniConfig(
        **{field: getattr(mini_omni(), field) for field in OmniConfig.__dataclass_fields__}
        | {"tied": False}
    )
    with torch.device("meta"):
        model = OmniLM(config)
    assert len(model.state_dict()) == 198
    assert sum(parameter.numel() for parameter in model.parameters()) == 694_294_400


def test_another_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"neither model_config\.yaml nor config\.json"):
        imported(tmp_path)


def test_byte_pairs_read_back_and_know_where_words_begin(folder: Path) -> None:
    tokens = load_tokens(folder / BYTE_PAIRS)
    ids = tokens.encode("olá você")
    assert tokens.decode(ids) == "olá você"
    assert sum(map(tokens.begins_word, ids)) == 1
