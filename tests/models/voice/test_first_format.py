"""A speaker's file of the first format speaks as it did."""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from interp.models.voice.first_format import FIRST_FORMAT
from interp.models.voice.network import MOST_ADVANCE, SpeakerNet, load_speaker
from tests.models.voice.tiny import SYMBOLS, tiny_net

PAD, UNSEEN, ADVANCE, SPECIALS = 1, 5, 16, 64


def first_format(net: SpeakerNet) -> tuple[str, dict[str, Tensor]]:
    """The same network as it was once written: symbols, pad and moves in the text row."""
    table = json.loads(net.config.to_json())
    table["lm"] |= {"source_dim": table["lm"].pop("cue_dim")}
    table["lm"]["layout"] |= {"text_tokens": len(SYMBOLS)}
    tensors = {n.replace("cue_ad", "whisper_ad"): t for n, t in net.state_dict().items()}
    count, dim = len(SYMBOLS), net.config.lm.dim
    places = [*range(count), count + PAD, count + UNSEEN]
    symbol = torch.randn(count + SPECIALS, net.config.symbol_dim)
    text, head = torch.randn(count + SPECIALS, dim), torch.randn(count + SPECIALS, dim)
    bias = torch.randn(count + SPECIALS)
    moves = slice(count + ADVANCE, count + ADVANCE + MOST_ADVANCE + 1)
    symbol[places], text[places] = tensors["symbol.weight"], tensors.pop("present.weight")
    head[moves], bias[moves] = tensors.pop("advance.weight"), tensors.pop("advance.bias")
    return json.dumps(table), tensors | {
        "symbol.weight": symbol,
        "lm.transformer.wte.text.weight": text,
        "lm.text_head.weight": head,
        "lm.text_head.bias": bias,
    }


def test_nothing_that_speaks_is_lost_or_changed(tmp_path: Path) -> None:
    net = tiny_net().half().float()
    about, tensors = first_format(net)
    halves = {name: tensor.half().contiguous() for name, tensor in tensors.items()}
    save_file(halves, tmp_path / "speaker.safetensors", metadata={FIRST_FORMAT: about})
    again = load_speaker(tmp_path / "speaker.safetensors")
    assert again.config == net.config
    unused = ("text_head", "wte.text")  # of the text row, which a speaker does not use
    for name, tensor in net.state_dict().items():
        if not any(part in name for part in unused):
            assert torch.equal(again.state_dict()[name], tensor), name
    assert not again.state_dict()["lm.transformer.wte.text.weight"].any()
