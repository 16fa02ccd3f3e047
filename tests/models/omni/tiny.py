"""OmniLMs small enough for tests, in both forms."""

from collections.abc import Sequence

import torch

from interp.models.omni.config import OmniConfig
from interp.models.omni.grid import GridLayout
from interp.models.omni.lm import OmniLM


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


def compact_config(
    window: int = 6, text_tokens: int = 11, source_dim: int = 5, cue_dim: int = 0
) -> OmniConfig:
    """The compact form: code vectors, chained heads, every audio row one step behind the text."""
    return OmniConfig(
        layout=GridLayout(text_tokens=text_tokens, codes=10, shifts=(1,) * 7),
        layers=2,
        dim=16,
        heads=4,
        groups=2,
        head_dim=4,
        hidden=24,
        window=window,
        source_dim=source_dim,
        cue_dim=cue_dim,
        adapter_dim=10,
        code_rank=4,
        chain_dim=12,
    )


def tiny_lm(config: OmniConfig, seed: int = 0) -> OmniLM:
    """Random weights."""
    torch.manual_seed(seed)
    return OmniLM(config).eval()


class Letters:
    """A `Vocabulary` of letters: the capital ones begin a word."""

    count = 20

    def encode(self, text: str) -> tuple[int, ...]:
        """Ids of letters A to J and a to j."""
        return tuple(ord(letter) - ord("A" if letter.isupper() else "W") for letter in text)

    def decode(self, ids: Sequence[int]) -> str:
        """Their letters."""
        return "".join(chr(ord("A") + i) if i < 10 else chr(ord("W") + i) for i in ids)

    def begins_word(self, token: int) -> bool:
        """Whether it is a capital."""
        return token < 10
