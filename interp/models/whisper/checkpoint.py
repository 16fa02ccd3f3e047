"""Whisper checkpoints from three formats as one: dimensions and openai-whisper's state dict.

Read are CTranslate2's model.bin (float weights), openai-whisper's .pt, and safetensors that use
openai-whisper's names. Weights come out as float32.
"""

import io
import pickle
import re
from dataclasses import dataclass

import numpy as np
import safetensors.torch
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from torch import Tensor

from interp.models.ct2 import Ct2Model, read_ct2
from interp.models.store import FileContent, WeightsError

HEAD_DIM = 64  # in every official size

# CTranslate2's name (inside a layer) of a weight and bias pair to the modules fused into it.
FUSED_LINEARS = {
    "self_attention/linear_0": ("attn.query", "attn.key", "attn.value"),
    "self_attention/linear_1": ("attn.out",),
    "attention/linear_0": ("cross_attn.query",),
    "attention/linear_1": ("cross_attn.key", "cross_attn.value"),
    "attention/linear_2": ("cross_attn.out",),
    "ffn/linear_0": ("mlp.0",),
    "ffn/linear_1": ("mlp.2",),
}
LAYER_NORMS = {
    "self_attention/layer_norm": "attn_ln",
    "attention/layer_norm": "cross_attn_ln",
    "ffn/layer_norm": "mlp_ln",
}
OUTSIDE_LAYERS = {
    "encoder/conv1/weight": "encoder.conv1.weight",
    "encoder/conv1/bias": "encoder.conv1.bias",
    "encoder/conv2/weight": "encoder.conv2.weight",
    "encoder/conv2/bias": "encoder.conv2.bias",
    "encoder/position_encodings/encodings": "encoder.positional_embedding",
    "encoder/layer_norm/gamma": "encoder.ln_post.weight",
    "encoder/layer_norm/beta": "encoder.ln_post.bias",
    "decoder/embeddings/weight": "decoder.token_embedding.weight",
    "decoder/position_encodings/encodings": "decoder.positional_embedding",
    "decoder/layer_norm/gamma": "decoder.ln.weight",
    "decoder/layer_norm/beta": "decoder.ln.bias",
}
LAYER_NAME = re.compile(r"(encoder|decoder)/layer_(\d+)/(\w+/\w+)/(weight|bias|gamma|beta)")


@dataclass(frozen=True)
class WhisperDims:
    """Sizes of a Whisper model; field for field openai-whisper's ModelDimensions."""

    n_mels: int
    n_audio_ctx: int
    n_audio_state: int
    n_audio_head: int
    n_audio_layer: int
    n_vocab: int
    n_text_ctx: int
    n_text_state: int
    n_text_head: int
    n_text_layer: int


@dataclass(frozen=True)
class WhisperCheckpoint:
    """A model's sizes and its float32 tensors under openai-whisper's names."""

    dims: WhisperDims
    state_dict: dict[str, Tensor]

    def to(self, device: torch.device) -> "WhisperCheckpoint":
        """The same on another device."""
        moved = {name: tensor.to(device) for name, tensor in self.state_dict.items()}
        return WhisperCheckpoint(self.dims, moved)


def load_whisper(file: FileContent) -> WhisperCheckpoint:
    """Read a checkpoint; the format is told by the suffix: .bin, .pt or .safetensors.

    Raises WeightsError for another suffix, a damaged file, quantised weights, tensors that are
    not Whisper's, and a .pt (a pickle) that was not checked against a published hash.
    """
    suffix = file.name.rpartition(".")[2]
    if suffix == "bin":
        return _from_tensors(_from_ct2(read_ct2(file.data)))
    if suffix == "safetensors":
        return _from_safetensors(file)
    if suffix == "pt":
        return _from_pt(file)
    raise WeightsError(f"{file.name}: a Whisper checkpoint is a .bin, .pt or .safetensors file")


def infer_dims(tensors: dict[str, Tensor]) -> WhisperDims:
    """Sizes from the shapes of the tensors; heads are `HEAD_DIM` wide. KeyError if one lacks."""
    conv = tensors["encoder.conv1.weight"]  # [state, mel, tap]
    audio_positions = tensors["encoder.positional_embedding"]  # [position, state]
    text_positions = tensors["decoder.positional_embedding"]  # [position, state]
    return WhisperDims(
        n_mels=conv.shape[1],
        n_audio_ctx=audio_positions.shape[0],
        n_audio_state=audio_positions.shape[1],
        n_audio_head=audio_positions.shape[1] // HEAD_DIM,
        n_audio_layer=_count_layers(tensors, "encoder"),
        n_vocab=tensors["decoder.token_embedding.weight"].shape[0],
        n_text_ctx=text_positions.shape[0],
        n_text_state=text_positions.shape[1],
        n_text_head=text_positions.shape[1] // HEAD_DIM,
        n_text_layer=_count_layers(tensors, "decoder"),
    )


def _count_layers(tensors: dict[str, Tensor], side: str) -> int:
    prefix, suffix = f"{side}.blocks.", ".attn_ln.weight"
    return sum(name.startswith(prefix) and name.endswith(suffix) for name in tensors)


def _from_tensors(tensors: dict[str, Tensor]) -> WhisperCheckpoint:
    try:
        dims = infer_dims(tensors)
    except KeyError as missing:
        raise WeightsError(f"not a Whisper checkpoint: it has no tensor {missing}") from missing
    return WhisperCheckpoint(dims, {name: tensor.float() for name, tensor in tensors.items()})


def _from_safetensors(file: FileContent) -> WhisperCheckpoint:
    try:
        tensors = safetensors.torch.load(file.data)
    except SafetensorError as error:
        raise WeightsError(f"{file.name} is not a safetensors file: {error}") from error
    return _from_tensors(tensors)


def _from_pt(file: FileContent) -> WhisperCheckpoint:
    if not file.pinned:
        raise WeightsError(f"{file.name}: a .pt is a pickle and is read only under a known hash")
    try:
        saved = torch.load(io.BytesIO(file.data), map_location="cpu", weights_only=True)
        dims = WhisperDims(**saved["dims"])
        tensors = {name: tensor.float() for name, tensor in saved["model_state_dict"].items()}
    except (pickle.UnpicklingError, RuntimeError, EOFError, KeyError, TypeError) as error:
        raise WeightsError(f"{file.name} is not an openai-whisper checkpoint: {error}") from error
    return WhisperCheckpoint(dims, tensors)


def _from_ct2(model: Ct2Model) -> dict[str, Tensor]:
    """Rename and unfuse CTranslate2's variables; its scalars and aliases hold nothing of ours."""
    if model.spec != "WhisperSpec":
        raise WeightsError(f"CTranslate2 model is a {model.spec}, not a WhisperSpec")
    tensors: dict[str, Tensor] = {}
    for name, array in model.variables.items():
        layer = LAYER_NAME.fullmatch(name)
        if layer:
            side, index, part, parameter = layer.groups()
            block = f"{side}.blocks.{index}"
            tensors |= _layer_tensors(name, array, block, part, parameter)
        elif name in OUTSIDE_LAYERS:
            tensors[OUTSIDE_LAYERS[name]] = _float32(name, array)
    return tensors


def _layer_tensors(
    name: str, array: NDArray[np.generic], block: str, part: str, parameter: str
) -> dict[str, Tensor]:
    """The tensors of `block` that one variable holds; array [fused * out, in] or [fused * out]."""
    tensor = _float32(name, array)
    if part in LAYER_NORMS:
        ours = {"gamma": "weight", "beta": "bias"}[parameter]
        return {f"{block}.{LAYER_NORMS[part]}.{ours}": tensor}
    if part not in FUSED_LINEARS:
        raise WeightsError(f"{name}: no such tensor in Whisper")
    modules = FUSED_LINEARS[part]
    pieces = dict(zip(modules, tensor.chunk(len(modules)), strict=True))
    named = {f"{block}.{module}.{parameter}": piece for module, piece in pieces.items()}
    for module in modules:
        # Whisper's key projection has no bias; the fused layout carries zeros in its place.
        if parameter == "bias" and module.endswith(".key") and pieces[module].any():
            raise WeightsError(f"{name}: the key's bias is not zero, so this is not Whisper")
        if parameter == "bias" and module.endswith(".key"):
            del named[f"{block}.{module}.bias"]
    return named


def _float32(name: str, array: NDArray[np.generic]) -> Tensor:
    if array.dtype not in (np.float16, np.float32):
        raise WeightsError(f"{name} is {array.dtype}: quantised weights are not supported")
    return torch.from_numpy(array.copy()).float()  # numpy widens float16 ten times as slowly
