"""Students of random weights in Marian's container, and a straight-line reference to run them."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from interp.models.marian.checkpoint import MarianDims
from tests.fakes.tiny_pieces import tiny_pieces

TINY = MarianDims(
    dim=16,
    hidden=24,
    heads=2,
    encoder_layers=2,
    decoder_layers=2,
    source_vocab=40,
    target_vocab=40,
)
INT8, FLOAT32, INTGEMM8 = 0x0101, 0x0404, 0x4101
Array = NDArray[np.float32]


def tiny_config(dims: MarianDims) -> dict[str, str]:
    """What the model says of itself."""
    return {
        "type": "transformer",
        "dec-cell": "ssru",
        "transformer-decoder-autoreg": "rnn",
        "transformer-ffn-activation": "relu",
        "transformer-preprocess": '""',
        "transformer-postprocess": "dan",
        "transformer-ffn-depth": "2",
        "transformer-train-position-embeddings": "false",
        "dim-emb": str(dims.dim),
        "transformer-dim-ffn": str(dims.hidden),
        "transformer-heads": str(dims.heads),
        "enc-depth": str(dims.encoder_layers),
        "dec-depth": str(dims.decoder_layers),
    }


def tiny_arrays(dims: MarianDims, seed: int = 15) -> dict[str, Array]:
    """Random weights in Marian's shapes: linear ones are [in, out]. Seed 15 writes many words."""
    rng = np.random.default_rng(seed)
    arrays: dict[str, Array] = {}

    def add(name: str, *shape: int) -> None:
        arrays[name] = rng.normal(0, 0.6, shape).astype(np.float32)

    def norm(name: str) -> None:
        add(f"{name}_ln_scale", 1, dims.dim)
        arrays[f"{name}_ln_scale"] += 1
        add(f"{name}_ln_bias", 1, dims.dim)

    def attention(name: str) -> None:
        for part in "qkvo":
            add(f"{name}_W{part}", dims.dim, dims.dim)
            add(f"{name}_b{part}", 1, dims.dim)
        norm(f"{name}_Wo")

    def feed_forward(name: str) -> None:
        add(f"{name}_W1", dims.dim, dims.hidden)
        add(f"{name}_b1", 1, dims.hidden)
        add(f"{name}_W2", dims.hidden, dims.dim)
        add(f"{name}_b2", 1, dims.dim)
        norm(f"{name}_ffn")

    add("Wemb", dims.source_vocab, dims.dim)
    add("decoder_ff_logit_out_b", 1, dims.target_vocab)
    arrays["decoder_ff_logit_out_b"][0, 0] -= 4  # or most texts would end before they begin
    for layer in range(1, dims.encoder_layers + 1):
        attention(f"encoder_l{layer}_self")
        feed_forward(f"encoder_l{layer}_ffn")
    for layer in range(1, dims.decoder_layers + 1):
        name = f"decoder_l{layer}"
        add(f"{name}_rnn_W", dims.dim, dims.dim)
        add(f"{name}_rnn_Wf", dims.dim, dims.dim)
        add(f"{name}_rnn_bf", 1, dims.dim)
        norm(f"{name}_rnn_ffn")
        attention(f"{name}_context")
        feed_forward(f"{name}_ffn")
    return arrays


def quantised(name: str, array: Array) -> Array:
    """What an intgemm8 item keeps of it."""
    scale = np.float32(127 / np.abs(array).max())
    return (np.round(array * scale) / scale).astype(np.float32)


def write_container(
    config: Mapping[str, str], arrays: Mapping[str, Array], *, packed: frozenset[str]
) -> bytes:
    """The bytes of a model file; the items in `packed` as intgemm8."""
    items = [_item(name, array, name in packed) for name, array in arrays.items()]
    scale = np.ones((1, 1), np.float32)
    items.append(("none_QuantMultA", FLOAT32, scale.shape, _padded(scale.tobytes())))
    lines = "".join(f"{key}: {value}\n" for key, value in config.items())
    text = f"input-types:\n  - class\n{lines}".encode() + b"\0"
    items.append(("special:model.yml", INT8, (len(text),), text))
    names = [name.encode() + b"\0" for name, *_ in items]
    head = struct.pack("<QQ", 1, len(items))
    for name, (_, kind, shape, data) in zip(names, items, strict=True):
        head += struct.pack("<QQQQ", len(name), kind, len(shape), len(data))
    head += b"".join(names)
    head += b"".join(struct.pack(f"<{len(shape)}i", *shape) for _, _, shape, _ in items)
    padding = -(len(head) + 8) % 256
    head += struct.pack("<Q", padding) + bytes(padding)
    return head + b"".join(data for *_, data in items)


def _item(name: str, array: Array, packed: bool) -> tuple[str, int, tuple[int, ...], bytes]:
    if not packed:
        return name, FLOAT32, array.shape, _padded(array.tobytes())
    scale = np.float32(127 / np.abs(array).max())
    raw = np.round(array * scale).astype(np.int8)
    if not name.endswith("Wemb"):
        raw = np.ascontiguousarray(raw.T)
    data = raw.tobytes() + struct.pack("<f", scale)
    return name, INTGEMM8, array.shape, _padded(data)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 256)


@dataclass
class Reference:
    """One sentence at a time, one token at a time, in the words of the papers."""

    dims: MarianDims
    arrays: Mapping[str, Array]

    def scores(self, source: Sequence[int], target: Sequence[int]) -> tuple[Tensor, Tensor]:
        """Scores of each next token, after none and after each of `target`: [1 + target, vocab].

        And what the first head of the last layer attends to, [1 + target, source].
        """
        memory = self.encode(source)
        cells = [torch.zeros(self.dims.dim) for _ in range(self.dims.decoder_layers)]
        rows, seen = [], []
        for place, token in enumerate([None, *target]):
            row, attention = self._step(memory, cells, place, token)
            rows.append(row)
            seen.append(attention)
        return torch.stack(rows), torch.stack(seen)

    def encode(self, source: Sequence[int]) -> Tensor:
        x = torch.stack([self._embed(place, token) for place, token in enumerate(source)])
        for layer in range(1, self.dims.encoder_layers + 1):
            mixed, _ = self._attend(f"encoder_l{layer}_self", x, x)
            x = self._norm(f"encoder_l{layer}_self_Wo", x + mixed)
            x = self._feed_forward(f"encoder_l{layer}_ffn", x)
        return x

    def _step(
        self, memory: Tensor, cells: list[Tensor], place: int, token: int | None
    ) -> tuple[Tensor, Tensor]:
        x = self._embed(place, token)
        weights = torch.empty(0)
        for layer in range(1, self.dims.decoder_layers + 1):
            name = f"decoder_l{layer}"
            fresh = x @ self._get(f"{name}_rnn_W")
            forget = torch.sigmoid(x @ self._get(f"{name}_rnn_Wf") + self._get(f"{name}_rnn_bf"))
            cells[layer - 1] = forget * cells[layer - 1] + (1 - forget) * fresh
            x = self._norm(f"{name}_rnn_ffn", x + F.relu(cells[layer - 1]))
            mixed, weights = self._attend(f"{name}_context", x[None], memory)
            x = self._norm(f"{name}_context_Wo", x + mixed[0])
            x = self._feed_forward(f"{name}_ffn", x)
        return self._get("Wemb") @ x + self._get("decoder_ff_logit_out_b"), weights[0]

    def _embed(self, place: int, token: int | None) -> Tensor:
        dim = self.dims.dim
        half = dim // 2
        rates = [10000.0 ** (-i / (half - 1)) for i in range(half)]
        angles = torch.tensor([place * rate for rate in rates])
        signal = torch.cat([angles.sin(), angles.cos()])
        return signal if token is None else self._get("Wemb")[token] * dim**0.5 + signal

    def _attend(self, name: str, x: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
        """The layer's output for x [row, dim], and the first head's weights [row, position]."""
        query, keys, values = (
            rows @ self._get(f"{name}_W{part}") + self._get(f"{name}_b{part}")
            for part, rows in (("q", x), ("k", memory), ("v", memory))
        )
        mixed, first = [], torch.empty(0)
        size = self.dims.dim // self.dims.heads
        for head in range(self.dims.heads):
            part = slice(head * size, (head + 1) * size)
            weights = torch.softmax(query[:, part] @ keys[:, part].T / size**0.5, dim=1)
            first = weights if head == 0 else first
            mixed.append(weights @ values[:, part])
        out = torch.cat(mixed, dim=1) @ self._get(f"{name}_Wo") + self._get(f"{name}_bo")
        return out, first

    def _feed_forward(self, name: str, x: Tensor) -> Tensor:
        grown = F.relu(x @ self._get(f"{name}_W1") + self._get(f"{name}_b1"))
        return self._norm(
            f"{name}_ffn", x + grown @ self._get(f"{name}_W2") + self._get(f"{name}_b2")
        )

    def _norm(self, name: str, x: Tensor) -> Tensor:
        centred = x - x.mean(dim=-1, keepdim=True)
        scaled = centred / torch.sqrt(centred.square().mean(dim=-1, keepdim=True) + 1e-6)
        return scaled * self._get(f"{name}_ln_scale") + self._get(f"{name}_ln_bias")

    def _get(self, name: str) -> Tensor:
        array = torch.from_numpy(self.arrays[name])
        return array[0] if len(array) == 1 else array


def write_student(folder: Path, name: str, pieces: int = TINY.source_vocab) -> None:
    """A whole student of random weights, its files called as Firefox calls those of `name`."""
    folder.mkdir(parents=True)
    model = write_container(tiny_config(TINY), tiny_arrays(TINY), packed=frozenset({"Wemb"}))
    (folder / f"model.{name}.intgemm.alphas.bin").write_bytes(model)
    (folder / f"vocab.{name}.spm").write_bytes(tiny_pieces(pieces))
