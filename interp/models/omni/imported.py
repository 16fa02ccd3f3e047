"""Models of others as ours: mini-omni and mini-omni2 as released, and Qwen2 to start from.

mini-omni: a litgpt folder (model_config.yaml, tokenizer.json, lit_model.pth or model.safetensors).
Qwen2: a folder of the hub (config.json, tokenizer.json, model.safetensors).
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
import yaml
from safetensors.torch import load_file
from torch import Tensor

from interp.models.omni.checkpoint import load_released
from interp.models.omni.config import OmniConfig, mini_omni
from interp.models.omni.grid import GridLayout
from interp.models.omni.hearing import RAW
from interp.models.omni.lm import OmniLM
from interp.models.omni.release import Omni, OmniCard
from interp.models.omni.tokens import BYTE_PAIRS, load_tokens

HEARS = f"{RAW}whisper-small"
CODEC = "snac_24khz"
SPREAD = 0.02
"""Of the rows that Qwen2 does not have."""
_LITGPT = {
    "n_layer": "layers",
    "n_embd": "dim",
    "n_head": "heads",
    "n_query_groups": "groups",
    "head_size": "head_dim",
    "intermediate_size": "hidden",
    "block_size": "window",
    "whisper_adapter_dim": "source_dim",
    "rope_base": "rope_base",
    "norm_eps": "norm_eps",
    "tie_word_embeddings": "tied",
}
_QWEN = {
    "num_hidden_layers": "layers",
    "hidden_size": "dim",
    "num_attention_heads": "heads",
    "num_key_value_heads": "groups",
    "intermediate_size": "hidden",
    "rope_theta": "rope_base",
    "rms_norm_eps": "norm_eps",
}
_QWEN_LAYER = {
    "self_attn.o_proj": "attn.proj",
    "mlp.gate_proj": "mlp.fc_1",
    "mlp.up_proj": "mlp.fc_2",
    "mlp.down_proj": "mlp.proj",
    "input_layernorm": "norm_1",
    "post_attention_layernorm": "norm_2",
}


def imported(folder: Path) -> Omni:
    """Whichever of them is in the folder. Raises ValueError where neither is."""
    if (folder / "model_config.yaml").is_file():
        lm = _mini_omni(folder)
    elif (folder / "config.json").is_file():
        lm = _qwen2(folder)
    else:
        raise ValueError(f"{folder} has neither model_config.yaml nor config.json")
    return Omni(OmniCard(lm.config, (), HEARS, CODEC), lm, load_tokens(folder / BYTE_PAIRS))


def litgpt_config(table: Mapping[str, Any]) -> OmniConfig:
    """Sizes from a model_config.yaml; mini-omni's where it says nothing."""
    known = {ours: table[theirs] for theirs, ours in _LITGPT.items() if theirs in table}
    layout = GridLayout()
    if "text_vocab_size" in table:
        codes = int(table["audio_vocab_size"]) - layout.specials
        layout = GridLayout(int(table["text_vocab_size"]) - layout.specials, codes)
    config = replace(mini_omni(), layout=layout, **known)
    return replace(config, adapter_dim=config.hidden)


def qwen2_config(table: Mapping[str, Any]) -> OmniConfig:
    """Sizes from a config.json, with mini-omni's adapter and codes."""
    known = {ours: table[theirs] for theirs, ours in _QWEN.items()}
    config = replace(mini_omni(), **known, layout=GridLayout(int(table["vocab_size"])))
    return replace(config, head_dim=config.dim // config.heads, adapter_dim=config.hidden)


def from_qwen2(tensors: Mapping[str, Tensor], config: OmniConfig, seed: int = 0) -> OmniLM:
    """Qwen2's layers and words; adapter and codes at random."""
    torch.manual_seed(seed)
    model = OmniLM(config)
    words = tensors["model.embed_tokens.weight"].float()
    table = torch.randn(config.layout.total_vocab, config.dim) * SPREAD
    table[: len(words)] = words
    renamed = {"transformer.wte.weight": table, "lm_head.weight": table}
    renamed["transformer.ln_f.weight"] = tensors["model.norm.weight"].float()
    for layer in range(config.layers):
        renamed |= _qwen_layer(tensors, config, layer)
    kept = {n: t for n, t in model.state_dict().items() if n.startswith("whisper_adapter")}
    model.load_state_dict(renamed | kept)
    return model.eval()


def _qwen_layer(tensors: Mapping[str, Tensor], config: OmniConfig, layer: int) -> dict[str, Tensor]:
    theirs, ours = f"model.layers.{layer}.", f"transformer.h.{layer}."
    renamed = {
        f"{ours}{name}.weight": tensors[f"{theirs}{old}.weight"].float()
        for old, name in _QWEN_LAYER.items()
    }
    for kind in ("weight", "bias"):
        parts = [
            tensors[f"{theirs}self_attn.{which}_proj.{kind}"]
            .float()
            .unflatten(0, (config.groups, -1, config.head_dim))  # type: ignore[no-untyped-call]
            for which in "qkv"
        ]
        renamed[f"{ours}attn.attn.{kind}"] = torch.cat(parts, dim=1).flatten(0, 2)
    return renamed


def _mini_omni(folder: Path) -> OmniLM:
    config = litgpt_config(yaml.safe_load((folder / "model_config.yaml").read_text("utf-8")))
    weights = [folder / name for name in ("model.safetensors", "lit_model.pth")]
    found = [path for path in weights if path.is_file()]
    if not found:
        raise ValueError(f"{folder} has neither model.safetensors nor lit_model.pth")
    return load_released(found[0], config)


def _qwen2(folder: Path) -> OmniLM:
    config = qwen2_config(json.loads((folder / "config.json").read_text("utf-8")))
    return from_qwen2(load_file(folder / "model.safetensors"), config)
