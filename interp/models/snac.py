"""SNAC at 24 kHz: speech to three lists of codes and back, whole or frame by frame.

The one file that imports `snac`. Weights: a folder with config.json and model.safetensors (ours) or
pytorch_model.bin (`hubertsiuzdak/snac_24khz`, read only when its hash is the published one).
"""

import dataclasses
import hashlib
import io
import json
import math
import warnings
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np
import safetensors.torch
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from torch import Tensor, nn
from torch.nn.utils import parametrize

from interp.core.audio import SNAC_FRAME_SAMPLES, TARGET_RATE_HZ, Samples
from interp.models.catalog import SNAC_24KHZ
from interp.models.harmonics import VoicedDecoder, VoicedStream
from interp.models.store import FileContent, WeightsError
from interp.models.stream_conv import (
    Chain,
    Convolution,
    Noise,
    Pointwise,
    Residual,
    StreamLayer,
    StreamState,
    Upsampling,
)

with warnings.catch_warnings():  # the package compiles its Snake with torch.jit, which torch leaves
    warnings.simplefilter("ignore", DeprecationWarning)
    import snac
    import snac.layers

NOISE_SEED = 0
"""Of the decoder's noise in voices: each stream has the same."""
_PROBE_FRAMES = 8


@dataclass(frozen=True, slots=True)
class SnacConfig:
    """The shape of a SNAC; the names are those of its config.json, the values snac_24khz's.

    voiced: the decoder has harmonics (`harmonics.py`); ours, not the package's.
    """

    sampling_rate: int = TARGET_RATE_HZ
    encoder_dim: int = 48
    encoder_rates: tuple[int, ...] = (2, 4, 8, 8)
    decoder_dim: int = 1024
    decoder_rates: tuple[int, ...] = (8, 8, 4, 2)
    attn_window_size: int | None = None
    codebook_size: int = 4096
    codebook_dim: int = 8
    vq_strides: tuple[int, ...] = (4, 2, 1)
    noise: bool = True
    depthwise: bool = True
    voiced: bool = False

    @property
    def latent_dim(self) -> int:
        """Channels between encoder and decoder."""
        return self.encoder_dim << len(self.encoder_rates)

    @property
    def frame_samples(self) -> int:
        """Samples of one coarse frame."""
        return math.prod((*self.encoder_rates, self.vq_strides[0]))


@dataclass(frozen=True, slots=True)
class Codes:
    """F frames as SNAC's lists: coarse [F], mid [2 F], fine [4 F]."""

    coarse: NDArray[np.int64]
    mid: NDArray[np.int64]
    fine: NDArray[np.int64]

    def __post_init__(self) -> None:
        lengths = (len(self.coarse), len(self.mid), len(self.fine))
        if lengths != (self.frames, 2 * self.frames, 4 * self.frames):
            raise ValueError(f"coarse, mid and fine hold {lengths} codes: not F, 2 F, 4 F")

    @property
    def frames(self) -> int:
        """Coarse frames of 2048 samples."""
        return len(self.coarse)

    def part(self, start: int, end: int) -> "Codes":
        """The frames start..end."""
        return Codes(
            self.coarse[start:end], self.mid[2 * start : 2 * end], self.fine[4 * start : 4 * end]
        )


@dataclass(slots=True)
class DecodeState:
    """A stream of frames in the middle of being decoded. ended: its last frame was given."""

    stream: StreamState
    ended: bool = False


class Codec:
    """A SNAC ready for use. noise_seed: of the decoder's noise, a voiced one's hiss; None leaves it
    out. device: None is the CPU."""

    def __init__(
        self,
        model: nn.Module,
        config: SnacConfig,
        noise_seed: int | None = None,
        device: torch.device | None = None,
    ) -> None:
        if config.sampling_rate != TARGET_RATE_HZ or config.frame_samples != SNAC_FRAME_SAMPLES:
            raise WeightsError("not a SNAC with 24 kHz and frames of 2048 samples")
        if config.attn_window_size is not None or config.vq_strides != (4, 2, 1):
            raise WeightsError("a SNAC with attention or strides other than 4, 2, 1 cannot stream")
        model.to(device).eval().requires_grad_(False)
        _plain_weights(model)
        self.config = config
        self._model = model
        self._tables = [_table(level) for level in model.get_submodule("quantizer.quantizers")]  # type: ignore[attr-defined]
        self._decoder = _stream_layers(model.get_submodule("decoder"), noise_seed)

    @classmethod
    def load(
        cls, folder: Path, noise_seed: int | None = None, device: torch.device | None = None
    ) -> "Codec":
        """The weights in a folder; WeightsError where they are absent, damaged or unknown."""
        for name in ("model.safetensors", "pytorch_model.bin"):
            if (folder / name).exists():
                data = (folder / name).read_bytes()
                pinned = hashlib.sha256(data).hexdigest() == SNAC_24KHZ.files[0].sha256
                file = FileContent(name, data, pinned)
                return cls.from_file(file, read_config(folder), noise_seed, device)
        raise WeightsError(f"{folder} has neither model.safetensors nor pytorch_model.bin")

    @classmethod
    def from_file(
        cls,
        file: FileContent,
        config: SnacConfig | None = None,
        noise_seed: int | None = None,
        device: torch.device | None = None,
    ) -> "Codec":
        """One file of weights, as the store gives it. config: snac_24khz's where it is None."""
        config = config or SnacConfig()
        model = build_snac(config)
        try:
            model.load_state_dict({k: v.float() for k, v in _read_weights(file).items()})
        except RuntimeError as error:
            raise WeightsError(f"{file.name} does not fit its config: {error}") from error
        return cls(model, config, noise_seed, device)

    @torch.inference_mode()
    def encode(self, samples: Samples) -> Codes:
        """Speech at 24 kHz [sample], padded with silence to whole frames, to codes."""
        if not len(samples):
            return Codes(*(np.zeros(0, np.int64) for _ in self.config.vq_strides))
        wave = torch.from_numpy(samples).to(self._tables[0].device)
        levels = self._model.encode(wave[None, None])  # type: ignore[operator]
        return Codes(*(level[0].cpu().numpy() for level in levels))

    def init_state(self) -> DecodeState:
        """The state of a stream that has no frames yet."""
        return DecodeState(self._decoder.init_state())

    @torch.inference_mode()
    def decode(self, codes: Codes, state: DecodeState, final: bool = False) -> Samples:
        """New frames to the samples at 24 kHz [sample] that are settled by now.

        What is given is `lag_samples` behind the frames; with `final` the rest follows, so that a
        stream of F frames gives exactly 2048 F samples. Any split gives the same, but for rounding.
        """
        if state.ended:
            raise ValueError("the stream has ended; begin another with init_state()")
        state.ended = final
        z = self._latents(codes)
        samples: Samples = self._decoder.step(z, state.stream, final)[0, 0].cpu().numpy()
        return samples

    def decode_whole(self, codes: Codes) -> Samples:
        """All frames of a stream at once: F frames to 2048 F samples."""
        return self.decode(codes, self.init_state(), final=True)

    @cached_property
    def lag_samples(self) -> int:
        """How far the samples given are behind the frames taken: the decoder's look-ahead."""
        frames = Codes(*(np.zeros(_PROBE_FRAMES * n, np.int64) for n in (1, 2, 4)))
        given = self.decode(frames, self.init_state())
        return _PROBE_FRAMES * SNAC_FRAME_SAMPLES - len(given)

    def _latents(self, codes: Codes) -> Tensor:
        lists = (codes.coarse, codes.mid, codes.fine)
        parts = [
            table[torch.from_numpy(level).to(table.device)].repeat_interleave(stride, dim=0)
            for table, level, stride in zip(
                self._tables, lists, self.config.vq_strides, strict=True
            )
        ]
        return torch.stack(parts).sum(0).T[None]


def build_snac(config: SnacConfig) -> nn.Module:
    """A SNAC with random weights; `encoder`, `quantizer` and `decoder` are its parts."""
    shape = dataclasses.asdict(config)
    del shape["voiced"]
    model: nn.Module = snac.SNAC(**shape)
    if config.voiced:
        layers = model.get_submodule("decoder.model")
        assert isinstance(layers, nn.Sequential), "a decoder is a sequence of layers"
        model.decoder = VoicedDecoder(layers, _cut_at_upsampling(layers), config.latent_dim)
    return model


def _cut_at_upsampling(decoder: nn.Sequential) -> list[list[nn.Module]]:
    parts: list[list[nn.Module]] = [[]]
    for layer in decoder:
        for inner in layer.block if isinstance(layer, snac.layers.DecoderBlock) else (layer,):
            parts[-1].append(inner)
            if isinstance(inner, nn.ConvTranspose1d):
                parts.append([])
    return parts


def read_config(folder: Path) -> SnacConfig:
    """config.json of a folder of weights; WeightsError where it is not a SNAC's."""
    try:
        table = json.loads((folder / "config.json").read_text("utf-8"))
        lists = {key: tuple(value) for key, value in table.items() if isinstance(value, list)}
        return SnacConfig(**{**table, **lists})
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise WeightsError(f"{folder} has no config.json of a SNAC: {error}") from error


def write_weights(model: nn.Module, config: SnacConfig, folder: Path, dtype: torch.dtype) -> None:
    """Write config.json and model.safetensors."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {
        name: tensor.detach().to("cpu", dtype).contiguous()
        for name, tensor in model.state_dict().items()
    }
    safetensors.torch.save_file(tensors, folder / "model.safetensors")
    text = json.dumps(dataclasses.asdict(config), indent=2)
    (folder / "config.json").write_text(text + "\n", "utf-8")


def _read_weights(file: FileContent) -> dict[str, Tensor]:
    try:
        if file.name.endswith(".safetensors"):
            return safetensors.torch.load(file.data)
        if not file.pinned:
            raise WeightsError(f"{file.name}: a pickle is read only under a known hash")
        tensors: dict[str, Tensor] = torch.load(
            io.BytesIO(file.data), map_location="cpu", weights_only=True
        )
    except SafetensorError as error:
        raise WeightsError(f"{file.name} is not a safetensors file: {error}") from error
    return tensors


def _plain_weights(model: nn.Module) -> None:
    """Multiply the weight norms out, once instead of at every call."""
    for module in list(model.modules()):
        if parametrize.is_parametrized(module, "weight"):
            parametrize.remove_parametrizations(module, "weight")


def _table(quantizer: nn.Module) -> Tensor:
    """What each code of a level adds to a latent, [code, latent_dim]: looked up, it is the same to
    the bit however a stream is split."""
    codebook = quantizer.get_parameter("codebook.weight")
    table: Tensor = quantizer.get_submodule("out_proj")(codebook.T[None])[0].T.contiguous()
    return table


def _stream_layers(decoder: nn.Module, noise_seed: int | None) -> StreamLayer:
    if isinstance(decoder, VoicedDecoder):
        return VoicedStream(decoder, partial(_stream_layer, noise_seed=noise_seed), noise_seed)
    return Chain([_stream_layer(module, noise_seed) for module in decoder.get_submodule("model")])  # type: ignore[attr-defined]


def _stream_layer(module: nn.Module, noise_seed: int | None) -> StreamLayer:
    match module:
        case snac.layers.DecoderBlock():
            return Chain([_stream_layer(inner, noise_seed) for inner in module.block])
        case snac.layers.ResidualUnit():
            layers = [_stream_layer(inner, noise_seed) for inner in module.block]
            return Residual(layers)
        case snac.layers.NoiseBlock():
            if noise_seed is None:
                return Pointwise(_unchanged)
            return Noise(module.linear, noise_seed)
        case nn.Conv1d():
            return Convolution(module)
        case nn.ConvTranspose1d():
            return Upsampling(module)
        case snac.layers.Snake1d() | nn.Tanh() | nn.GELU():
            return Pointwise(module)
        case _:
            raise WeightsError(f"a SNAC with a layer {type(module).__name__} cannot stream")


def _unchanged(x: Tensor) -> Tensor:
    return x
