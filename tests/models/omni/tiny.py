"""OmniLMs small enough for tests, in both forms, and a voice and a codec of that size."""

from collections.abc import Sequence
from pathlib import Path

import torch

from interp.models.omni.config import OmniConfig
from interp.models.omni.grid import GridLayout
from interp.models.omni.lm import OmniLM
from interp.models.omni.pronouncer import Pronouncer, save_pronouncer
from interp.models.omni.sampling import Sampling
from interp.models.omni.speaker import Speaker, SpeakerSettings
from interp.models.omni.voice import Voice, VoiceConfig, save_voice
from interp.models.snac import Codec, SnacConfig, build_snac, write_weights

CODEC = SnacConfig(
    encoder_dim=4,
    encoder_rates=(4, 4, 4, 8),
    decoder_dim=32,
    decoder_rates=(8, 4, 4, 4),
    noise=False,
)
SYMBOLS = " ,.?abcdefgh"
BEHIND, AHEAD, SYMBOL_DIM = 1, 2, 4


def released_config(tied: bool = True) -> OmniConfig:
    """The released form: one table, parallel heads."""
    return OmniConfig(
        layout=GridLayout(text_tokens=20, codes=8, specials=32),
        layers=2,
        dim=16,
        heads=4,
        groups=2,
        head_dim=4,
        hidden=24,
        window=64,
        source_dim=6,
        adapter_dim=10,
        tied=tied,
    )


def compact_config(window: int = 6, symbols: int = len(SYMBOLS)) -> OmniConfig:
    """The compact form: code vectors, chained heads, every audio row one step behind the text."""
    return OmniConfig(
        layout=GridLayout(text_tokens=symbols, codes=10, shifts=(1,) * 7),
        layers=2,
        dim=16,
        heads=4,
        groups=2,
        head_dim=4,
        hidden=24,
        window=window,
        source_dim=(BEHIND + 1 + AHEAD) * SYMBOL_DIM + 1,
        adapter_dim=10,
        code_rank=4,
        chain_dim=12,
    )


def tiny_lm(config: OmniConfig, seed: int = 0) -> OmniLM:
    """Random weights."""
    torch.manual_seed(seed)
    return OmniLM(config).eval()


def voice_config(symbols: Sequence[str] = SYMBOLS) -> VoiceConfig:
    """Of the compact form."""
    return VoiceConfig(
        lm=compact_config(symbols=len(symbols)),
        symbols=tuple(symbols),
        behind=BEHIND,
        ahead=AHEAD,
        symbol_dim=SYMBOL_DIM,
        silence=(0,) * 7,
        codec="none",
    )


def tiny_voice(seed: int = 0) -> Voice:
    """A voice of random weights."""
    torch.manual_seed(seed)
    return Voice(voice_config()).eval()


def tiny_pronouncer() -> Pronouncer:
    """Says the words it knows letter by letter, and others as its random weights will."""
    torch.manual_seed(0)
    known = {word: word for word in ("a", "bad", "cab", "deaf", "face", "head", "egg", "each")}
    return Pronouncer(SYMBOLS, width=8, exceptions=known).eval()


def tiny_speaker() -> Speaker:
    """A speaker that draws its codes and moves, so that a seed matters."""
    draws = SpeakerSettings(
        codes=Sampling(temperature=0.7, top_k=32), advance=Sampling(temperature=0.7, top_k=0)
    )
    return Speaker(tiny_voice(), tiny_pronouncer(), draws)


def tiny_codec() -> Codec:
    """A codec of random weights."""
    torch.manual_seed(0)
    return Codec(build_snac(CODEC), CODEC)


def write_tiny_voice(folder: Path) -> None:
    """All files of a voice, of random weights."""
    folder.mkdir(parents=True)
    save_voice(folder / "speaker.safetensors", tiny_voice())
    save_pronouncer(folder / "pronouncer.safetensors", tiny_pronouncer())
    torch.manual_seed(0)
    write_weights(build_snac(CODEC), CODEC, folder / "codec", torch.float32)
