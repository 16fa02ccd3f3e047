"""A voice and a codec small enough for tests."""

from collections.abc import Sequence
from pathlib import Path

import torch

from interp.models.omni.settings import Sampling
from interp.models.snac import Codec, SnacConfig, build_snac, write_weights
from interp.models.voice.front import SpelledFront
from interp.models.voice.network import SpeakerConfig, SpeakerNet, save_speaker
from interp.models.voice.pronouncer import Pronouncer, save_pronouncer
from interp.models.voice.settings import SpeakerSettings
from interp.models.voice.speaker import Speaker
from tests.models.omni.tiny import compact_config

CODEC = SnacConfig(
    encoder_dim=4,
    encoder_rates=(4, 4, 4, 8),
    decoder_dim=32,
    decoder_rates=(8, 4, 4, 4),
    noise=False,
)
SYMBOLS = " ,.?abcdefgh"
BEHIND, AHEAD, SYMBOL_DIM = 1, 2, 4


def speaker_config(symbols: Sequence[str] = SYMBOLS, voices: Sequence[str] = ()) -> SpeakerConfig:
    """Of the compact form."""
    return SpeakerConfig(
        lm=compact_config(
            text_tokens=0, source_dim=0, cue_dim=(BEHIND + 1 + AHEAD) * SYMBOL_DIM + 1
        ),
        symbols=tuple(symbols),
        behind=BEHIND,
        ahead=AHEAD,
        symbol_dim=SYMBOL_DIM,
        silence=(0,) * 7,
        codec="none",
        voices=tuple(voices),
    )


def tiny_net(seed: int = 0, voices: Sequence[str] = ()) -> SpeakerNet:
    """A voice of random weights, or several that share them."""
    torch.manual_seed(seed)
    net = SpeakerNet(speaker_config(voices=voices)).eval()
    if net.voice:
        torch.nn.init.normal_(net.voice.weight)
    return net


def tiny_pronouncer() -> Pronouncer:
    """Says the words it knows letter by letter, and others as its random weights will."""
    torch.manual_seed(0)
    known = {word: word for word in ("a", "bad", "cab", "deaf", "face", "head", "egg", "each")}
    return Pronouncer(SYMBOLS, width=8, exceptions=known).eval()


def tiny_front() -> SpelledFront:
    """English, read by that pronouncer."""
    return SpelledFront("en", tiny_pronouncer())


def tiny_speaker() -> Speaker:
    """A speaker that draws its codes and moves, so that a seed matters."""
    draws = SpeakerSettings(
        codes=Sampling(temperature=0.7, top_k=32), advance=Sampling(temperature=0.7, top_k=0)
    )
    return Speaker(tiny_net(), tiny_front(), draws)


def tiny_codec() -> Codec:
    """A codec of random weights."""
    torch.manual_seed(0)
    return Codec(build_snac(CODEC), CODEC)


def write_tiny_voice(folder: Path, voices: Sequence[str] = ()) -> None:
    """All files of a voice, of random weights; voices: names of those that share them."""
    folder.mkdir(parents=True)
    save_speaker(folder / "speaker.safetensors", tiny_net(voices=voices))
    save_pronouncer(folder / "pronouncer.safetensors", tiny_pronouncer())
    torch.manual_seed(0)
    write_weights(build_snac(CODEC), CODEC, folder / "codec", torch.float32)
