"""The model.bin reader, and Whisper checkpoints read from it and from the other two formats."""

import dataclasses
import io
import struct
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import soundfile
import torch
import whisper
from numpy.typing import NDArray
from torch import Tensor
from whisper.model import ModelDimensions, Whisper

from interp.models.catalog import CATALOGUE
from interp.models.ct2 import read_ct2
from interp.models.store import FileContent, Store, WeightsError
from interp.models.whisper.checkpoint import WhisperDims, load_whisper

VARIABLES: dict[str, NDArray[np.generic]] = {
    "encoder/weight": np.arange(6, dtype=np.float16).reshape(2, 3),
    "encoder/num_heads": np.array(8, np.int16),
    "decoder/flag": np.array(-1, np.int8),
}
# "Ceci n'est pas un mot de passe valide. Veuillez essayer de nouveau."
SPOKEN = Path(__file__).parents[1] / "data" / "fr" / "vm-invalidpassword.flac"

TINY = WhisperDims(
    n_mels=80,
    n_audio_ctx=10,
    n_audio_state=128,
    n_audio_head=2,
    n_audio_layer=2,
    n_vocab=50,
    n_text_ctx=7,
    n_text_state=128,
    n_text_head=2,
    n_text_layer=3,
)


DTYPE_IDS = {"float32": 0, "int8": 1, "int16": 2, "int32": 3, "float16": 4}


def _string(text: str) -> bytes:
    data = text.encode() + b"\0"
    return struct.pack("<H", len(data)) + data


def _variable(name: str, array: NDArray[np.generic]) -> bytes:
    shape = struct.pack(f"<B{array.ndim}I", array.ndim, *array.shape)
    header = struct.pack("<BI", DTYPE_IDS[array.dtype.name], array.nbytes)
    return _string(name) + shape + header + array.tobytes()


def write_ct2(
    variables: Mapping[str, NDArray[np.generic]],
    aliases: Mapping[str, str] | None = None,
    spec: str = "WhisperSpec",
) -> bytes:
    """The bytes of a model.bin, revision 3."""
    aliases = aliases or {}
    head = struct.pack("<I", 6) + _string(spec) + struct.pack("<II", 3, len(variables))
    body = b"".join(_variable(name, array) for name, array in variables.items())
    tail = b"".join(_string(alias) + _string(name) for alias, name in aliases.items())
    return head + body + struct.pack("<I", len(aliases)) + tail


def test_variables_come_back_with_shape_type_and_value() -> None:
    model = read_ct2(write_ct2(VARIABLES))
    assert (model.spec, model.revision) == ("WhisperSpec", 3)
    assert list(model.variables) == list(VARIABLES)
    for name, array in VARIABLES.items():
        assert model.variables[name].dtype == array.dtype
        np.testing.assert_array_equal(model.variables[name], array)


def test_an_alias_is_the_same_array_under_another_name() -> None:
    model = read_ct2(write_ct2(VARIABLES, aliases={"decoder/tied": "encoder/weight"}))
    assert model.variables["decoder/tied"] is model.variables["encoder/weight"]


def test_an_alias_of_nothing_is_refused() -> None:
    with pytest.raises(WeightsError, match="names encoder/other"):
        read_ct2(write_ct2(VARIABLES, aliases={"decoder/tied": "encoder/other"}))


def test_arrays_are_views_of_the_bytes_and_read_only() -> None:
    data = write_ct2(VARIABLES)
    array = read_ct2(data).variables["encoder/weight"]
    assert np.shares_memory(array, np.frombuffer(data, np.uint8))
    assert not array.flags.writeable


def test_every_cut_of_a_file_is_refused() -> None:
    data = write_ct2(VARIABLES, aliases={"decoder/tied": "encoder/weight"})
    for size in range(len(data)):
        with pytest.raises(WeightsError, match="is cut"):
            read_ct2(data[:size])


def test_bytes_after_the_end_are_refused() -> None:
    with pytest.raises(WeightsError, match="2 bytes after"):
        read_ct2(write_ct2(VARIABLES) + b"xx")


def test_another_version_is_refused() -> None:
    with pytest.raises(WeightsError, match="binary version 5"):
        read_ct2(struct.pack("<I", 5) + write_ct2(VARIABLES)[4:])


def test_an_unknown_dtype_is_refused() -> None:
    data = write_ct2({"w": np.zeros(2, np.float16)})
    bfloat16 = data.replace(struct.pack("<IBI", 2, 4, 4), struct.pack("<IBI", 2, 5, 4))
    with pytest.raises(WeightsError, match="w: CTranslate2 dtype 5"):
        read_ct2(bfloat16)


def test_a_size_that_does_not_fit_the_shape_is_refused() -> None:
    data = write_ct2({"w": np.zeros(2, np.float16)})
    larger = data.replace(struct.pack("<IBI", 2, 4, 4), struct.pack("<IBI", 3, 4, 4))
    with pytest.raises(WeightsError, match="do not hold shape"):
        read_ct2(larger)


@pytest.mark.weights
def test_the_real_file_has_212_variables_and_a_tied_projection(tmp_path: Path) -> None:
    (file,) = Store(CATALOGUE, tmp_path).open("whisper-base")
    variables = read_ct2(file.data).variables
    assert len(variables) == 212 + 1
    assert variables["decoder/projection/weight"] is variables["decoder/embeddings/weight"]
    assert variables["decoder/embeddings/weight"].shape == (51865, 512)


def tiny_whisper() -> dict[str, Tensor]:
    """Random weights in openai-whisper's own module, of values that float16 holds exactly."""
    torch.manual_seed(0)
    model = Whisper(ModelDimensions(**dataclasses.asdict(TINY)))
    return {
        name: torch.randn_like(value).half().float() for name, value in model.state_dict().items()
    }


def attention_as_ct2(weights: Mapping[str, Tensor], ours: str, theirs: str) -> dict[str, Tensor]:
    """One attention's projections as CTranslate2 fuses them; a missing key bias becomes zeros."""
    zeros = torch.zeros(TINY.n_audio_state)
    fused: dict[str, Tensor] = {}
    for kind in ("weight", "bias"):
        query, value = weights[f"{ours}.query.{kind}"], weights[f"{ours}.value.{kind}"]
        key = weights[f"{ours}.key.weight"] if kind == "weight" else zeros
        if theirs.endswith("self_attention"):
            fused[f"{theirs}/linear_0/{kind}"] = torch.cat([query, key, value])
            fused[f"{theirs}/linear_1/{kind}"] = weights[f"{ours}.out.{kind}"]
        else:
            fused[f"{theirs}/linear_0/{kind}"] = query
            fused[f"{theirs}/linear_1/{kind}"] = torch.cat([key, value])
            fused[f"{theirs}/linear_2/{kind}"] = weights[f"{ours}.out.{kind}"]
    return fused


def norm_as_ct2(weights: Mapping[str, Tensor], ours: str, theirs: str) -> dict[str, Tensor]:
    return {f"{theirs}/gamma": weights[f"{ours}.weight"], f"{theirs}/beta": weights[f"{ours}.bias"]}


def side_as_ct2(weights: Mapping[str, Tensor], side: str, layers: int) -> dict[str, Tensor]:
    named = {f"{side}/position_encodings/encodings": weights[f"{side}.positional_embedding"]}
    attentions = {"attn": "self_attention", "cross_attn": "attention"}
    for layer in range(layers):
        ours, theirs = f"{side}.blocks.{layer}", f"{side}/layer_{layer}"
        for our_name, their_name in attentions.items():
            if f"{ours}.{our_name}_ln.weight" in weights:
                block = f"{theirs}/{their_name}"
                named |= attention_as_ct2(weights, f"{ours}.{our_name}", block)
                named |= norm_as_ct2(weights, f"{ours}.{our_name}_ln", f"{block}/layer_norm")
        named |= norm_as_ct2(weights, f"{ours}.mlp_ln", f"{theirs}/ffn/layer_norm")
        for kind in ("weight", "bias"):
            named[f"{theirs}/ffn/linear_0/{kind}"] = weights[f"{ours}.mlp.0.{kind}"]
            named[f"{theirs}/ffn/linear_1/{kind}"] = weights[f"{ours}.mlp.2.{kind}"]
    return named


def whisper_as_ct2(weights: Mapping[str, Tensor]) -> dict[str, NDArray[np.generic]]:
    named = side_as_ct2(weights, "encoder", TINY.n_audio_layer)
    named |= side_as_ct2(weights, "decoder", TINY.n_text_layer)
    named |= norm_as_ct2(weights, "encoder.ln_post", "encoder/layer_norm")
    named |= norm_as_ct2(weights, "decoder.ln", "decoder/layer_norm")
    named["decoder/embeddings/weight"] = weights["decoder.token_embedding.weight"]
    for conv in ("conv1", "conv2"):
        for kind in ("weight", "bias"):
            named[f"encoder/{conv}/{kind}"] = weights[f"encoder.{conv}.{kind}"]
    return {name: tensor.half().numpy() for name, tensor in named.items()}


def ct2_file(
    variables: Mapping[str, NDArray[np.generic]], spec: str = "WhisperSpec"
) -> FileContent:
    return FileContent("model.bin", write_ct2(variables, spec=spec))


def pt_file(weights: Mapping[str, Tensor], pinned: bool) -> FileContent:
    out = io.BytesIO()
    torch.save({"dims": dataclasses.asdict(TINY), "model_state_dict": dict(weights)}, out)
    return FileContent("tiny.pt", out.getvalue(), pinned)


@pytest.mark.parametrize("file_format", ["bin", "pt", "safetensors"])
def test_each_format_gives_the_same_sizes_names_and_float32_values(file_format: str) -> None:
    weights = tiny_whisper()
    half = {name: tensor.half() for name, tensor in weights.items()}
    files = {
        "bin": ct2_file(whisper_as_ct2(weights)),
        "pt": pt_file(half, pinned=True),
        "safetensors": FileContent("a.safetensors", safetensors.torch.save(half)),
    }
    checkpoint = load_whisper(files[file_format])
    assert checkpoint.dims == TINY
    assert checkpoint.state_dict.keys() == weights.keys()
    for name, tensor in checkpoint.state_dict.items():
        assert tensor.dtype == torch.float32
        assert torch.equal(tensor, weights[name]), name


def test_a_pickle_without_a_checked_hash_is_refused() -> None:
    with pytest.raises(WeightsError, match="only under a known hash"):
        load_whisper(pt_file(tiny_whisper(), pinned=False))


def test_quantised_weights_are_refused_by_name() -> None:
    variables = whisper_as_ct2(tiny_whisper())
    variables["decoder/embeddings/weight"] = np.zeros((50, 128), np.int8)
    with pytest.raises(WeightsError, match="decoder/embeddings/weight is int8: quantised"):
        load_whisper(ct2_file(variables))


def test_a_key_bias_that_is_not_zero_is_refused() -> None:
    variables = whisper_as_ct2(tiny_whisper())
    name = "decoder/layer_1/self_attention/linear_0/bias"
    variables[name] = np.ones(3 * 128, np.float16)
    with pytest.raises(WeightsError, match=f"{name}: the key's bias"):
        load_whisper(ct2_file(variables))


def test_another_architecture_is_refused() -> None:
    with pytest.raises(WeightsError, match="a TransformerSpec, not a WhisperSpec"):
        load_whisper(ct2_file(VARIABLES, spec="TransformerSpec"))


def test_a_missing_tensor_is_refused_by_name() -> None:
    weights = tiny_whisper()
    del weights["encoder.conv1.weight"]
    with pytest.raises(WeightsError, match=r"no tensor 'encoder\.conv1\.weight'"):
        load_whisper(FileContent("a.safetensors", safetensors.torch.save(weights)))


@pytest.mark.parametrize("name", ["a.safetensors", "a.pt", "a.bin", "a.ggml"])
def test_bytes_that_are_no_checkpoint_are_refused(name: str) -> None:
    with pytest.raises(WeightsError):
        load_whisper(FileContent(name, b"not a checkpoint at all", pinned=True))


# openai-whisper's tokenizer leaves its vocabulary file open.
@pytest.mark.filterwarnings("ignore:unclosed file.*tiktoken:ResourceWarning")
@pytest.mark.weights
def test_base_from_its_wheels_translates_with_openai_whispers_own_decoder(tmp_path: Path) -> None:
    torch.set_num_threads(1)
    (file,) = Store(CATALOGUE, tmp_path).open("whisper-base")
    checkpoint = load_whisper(file)
    model = Whisper(ModelDimensions(**dataclasses.asdict(checkpoint.dims))).eval()
    model.load_state_dict(checkpoint.state_dict, strict=True)
    audio, rate_hz = soundfile.read(SPOKEN, dtype="float32")
    assert rate_hz == 16_000
    mel = whisper.log_mel_spectrogram(whisper.pad_or_trim(audio))
    options = whisper.DecodingOptions(
        task="translate", language="fr", without_timestamps=True, temperature=0, fp16=False
    )
    assert "not a valid password" in whisper.decode(model, mel, options).text
