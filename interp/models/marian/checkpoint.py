"""A Firefox Translations student: sizes and float32 tensors under Marian's names.

Transformer encoder, decoder with simpler simple recurrent units (Kim et al. 2019), as trained by
Mozilla and Bergamot: base, base-memory and tiny differ in their sizes alone.
"""

import re
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from interp.models.marian.container import EMBEDDING, MarianFile, read_marian
from interp.models.store import FileContent, WeightsError

EXPECTED = {
    "type": "transformer",
    "dec-cell": "ssru",
    "transformer-decoder-autoreg": "rnn",
    "transformer-ffn-activation": "relu",
    "transformer-preprocess": "",
    "transformer-postprocess": "dan",
    "transformer-ffn-depth": "2",
    "transformer-train-position-embeddings": "false",
}
"""What the layers are written for; a model that says otherwise is refused."""

LINEAR = re.compile(r".*_(W[qkvo12f]?)")


@dataclass(frozen=True)
class MarianDims:
    """Sizes of a student."""

    dim: int
    hidden: int
    heads: int
    encoder_layers: int
    decoder_layers: int
    source_vocab: int
    target_vocab: int


@dataclass(frozen=True)
class MarianCheckpoint:
    """tensors: linear weights as [out, in], embeddings [vocab, dim], the rest [dim]."""

    dims: MarianDims
    tensors: dict[str, Tensor]


def load_marian(file: FileContent) -> MarianCheckpoint:
    """Read a model file. Raises WeightsError where it is damaged or no student of this form."""
    container = read_marian(file.data)
    for key, value in EXPECTED.items():
        if container.config.get(key) != value:
            found = container.config.get(key)
            raise WeightsError(f"{file.name}: {key} is {found!r}, and only {value!r} can be read")
    tensors = {name: _tensor(name, array) for name, array in container.arrays.items()}
    if EMBEDDING in tensors:
        tied = tensors.pop(EMBEDDING)
        tensors["encoder_Wemb"] = tensors["decoder_Wemb"] = tied
    try:
        checkpoint = MarianCheckpoint(_dims(container, tensors), tensors)
    except (KeyError, ValueError) as error:
        raise WeightsError(f"{file.name} lacks {error}") from error
    _check_shapes(file.name, checkpoint)
    return checkpoint


def _dims(container: MarianFile, tensors: dict[str, Tensor]) -> MarianDims:
    config = container.config
    return MarianDims(
        dim=int(config["dim-emb"]),
        hidden=int(config["transformer-dim-ffn"]),
        heads=int(config["transformer-heads"]),
        encoder_layers=int(config["enc-depth"]),
        decoder_layers=int(config["dec-depth"]),
        source_vocab=len(tensors["encoder_Wemb"]),
        target_vocab=len(tensors["decoder_Wemb"]),
    )


def _tensor(name: str, array: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> Tensor:
    if name.endswith(EMBEDDING):
        return torch.from_numpy(np.ascontiguousarray(array))
    if LINEAR.fullmatch(name):
        return torch.from_numpy(np.ascontiguousarray(array.T))
    return torch.from_numpy(np.ascontiguousarray(array.reshape(-1)))


def _check_shapes(name: str, checkpoint: MarianCheckpoint) -> None:
    for tensor, shape in _shapes(checkpoint.dims).items():
        if tensor not in checkpoint.tensors:
            raise WeightsError(f"{name} lacks {tensor}")
        if checkpoint.tensors[tensor].shape != shape:
            raise WeightsError(f"{name}: {tensor} should be {list(shape)}")


def _shapes(dims: MarianDims) -> dict[str, tuple[int, ...]]:
    """Every tensor of a model and its shape."""
    shapes: dict[str, tuple[int, ...]] = {
        "encoder_Wemb": (dims.source_vocab, dims.dim),
        "decoder_Wemb": (dims.target_vocab, dims.dim),
        "decoder_ff_logit_out_b": (dims.target_vocab,),
    }
    for layer in range(1, dims.encoder_layers + 1):
        shapes |= _attention_shapes(f"encoder_l{layer}_self", dims)
        shapes |= _ffn_shapes(f"encoder_l{layer}_ffn", dims)
    for layer in range(1, dims.decoder_layers + 1):
        name = f"decoder_l{layer}"
        shapes |= {f"{name}_rnn_{w}": (dims.dim, dims.dim) for w in ("W", "Wf")}
        shapes |= {f"{name}_rnn_bf": (dims.dim,)}
        shapes |= _norm_shapes(f"{name}_rnn_ffn", dims)
        shapes |= _attention_shapes(f"{name}_context", dims)
        shapes |= _ffn_shapes(f"{name}_ffn", dims)
    return shapes


def _attention_shapes(name: str, dims: MarianDims) -> dict[str, tuple[int, ...]]:
    weights: dict[str, tuple[int, ...]] = {f"{name}_W{w}": (dims.dim, dims.dim) for w in "qkvo"}
    biases: dict[str, tuple[int, ...]] = {f"{name}_b{b}": (dims.dim,) for b in "qkvo"}
    return weights | biases | _norm_shapes(f"{name}_Wo", dims)


def _ffn_shapes(name: str, dims: MarianDims) -> dict[str, tuple[int, ...]]:
    return {
        f"{name}_W1": (dims.hidden, dims.dim),
        f"{name}_b1": (dims.hidden,),
        f"{name}_W2": (dims.dim, dims.hidden),
        f"{name}_b2": (dims.dim,),
    } | _norm_shapes(f"{name}_ffn", dims)


def _norm_shapes(name: str, dims: MarianDims) -> dict[str, tuple[int, ...]]:
    return {f"{name}_ln_{part}": (dims.dim,) for part in ("scale", "bias")}
