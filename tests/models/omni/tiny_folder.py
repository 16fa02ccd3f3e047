"""Model folders to be asked: ours of random weights, and a codec to make its codes sound."""

from pathlib import Path

import torch

from interp.models.omni.config import OmniConfig
from interp.models.omni.grid import AudioSpecial, TextSpecial
from interp.models.omni.hearing import MelHearer
from interp.models.omni.lm import OmniLM
from interp.models.omni.release import OmniCard, save_omni
from interp.models.omni.tokens import PIECES, load_tokens
from interp.models.snac import build_snac, write_weights
from tests.models.omni.tiny import compact_config, tiny_lm
from tests.models.voice.tiny import CODEC
from training.omni.prepare import trained_pieces


def write_tiny_omni(folder: Path, codec: str = "tiny") -> OmniLM:
    """Weights, card and vocabulary; codec: empty for a model that does not speak."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PIECES).write_bytes(trained_pieces(["one two three four"], 30))
    count = load_tokens(folder / PIECES).count
    config: OmniConfig = compact_config(64, text_tokens=count, source_dim=MelHearer.dim)
    lm = tiny_lm(config)
    layout = config.layout
    with torch.no_grad():  # text and codes, and now and then the end that an answer ends with
        lm.text_head.bias[layout.text_tokens :] = -9.0
        lm.text_head.bias[layout.text(TextSpecial.END)] = 0.0
        lm.chain.bias[:, layout.codes :] = -9.0
        lm.chain.bias[-1, layout.audio(AudioSpecial.END)] = 0.0
    card = OmniCard(config, ("en", "pt"), "mel", codec, ("en-en", "en-pt"))
    save_omni(folder, lm, card, torch.float32)
    return lm


def write_tiny_codec(folder: Path) -> None:
    """A codec of random weights."""
    torch.manual_seed(0)
    write_weights(build_snac(CODEC), CODEC, folder, torch.float32)
