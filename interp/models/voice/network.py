"""The speaker's network: an OmniLM in the duplex layout, told by a window of text what to say."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from interp.models.omni.config import OmniConfig
from interp.models.omni.grid import AUDIO_ROWS, ROWS, GridLayout, TextSpecial
from interp.models.omni.lm import OmniLM
from interp.models.voice.first_format import FIRST_FORMAT, converted

MOST_ADVANCE = 7
"""Symbols that the text moves on in one frame, at most."""


@dataclass(frozen=True, slots=True)
class SpeakerConfig:
    """Sizes and vocabulary of a speaker.

    symbols: what its front end reads words as, a vocabulary of their own; the first is the blank
    between words. behind, ahead: symbols in the window before and after the present one.
    symbol_dim: width of each. silence: codes of a silent frame. codec: name of the codec whose
    codes it speaks. language: what it speaks, a primary subtag. voices: names of those that share
    it, each with a vector of its own; without any it has one voice, which has none.
    """

    lm: OmniConfig
    symbols: tuple[str, ...]
    behind: int
    ahead: int
    symbol_dim: int
    silence: tuple[int, ...]
    codec: str
    language: str = "en"
    voices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.lm.cue_dim != self.window * self.symbol_dim + 1:
            raise ValueError(f"cue_dim is {self.window * self.symbol_dim + 1} with this window")
        if self.symbols[0] != " ":
            raise ValueError("the first of the symbols is the blank")
        if len(self.silence) != AUDIO_ROWS:
            raise ValueError(f"a frame has seven codes, not {len(self.silence)}")

    @property
    def window(self) -> int:
        """Symbols in the window."""
        return self.behind + 1 + self.ahead

    @property
    def pad(self) -> int:
        """Symbol id of silence: before the first word, after a sentence."""
        return len(self.symbols)

    @property
    def unseen(self) -> int:
        """Symbol id of one that will come but is not written yet."""
        return len(self.symbols) + 1

    @classmethod
    def from_json(cls, text: str) -> "SpeakerConfig":
        """Read what `to_json` wrote."""
        return cls.from_table(json.loads(text))

    @classmethod
    def from_table(cls, table: dict[str, Any]) -> "SpeakerConfig":
        """Read what is in such JSON."""
        layout = table["lm"].pop("layout")
        layout["shifts"] = tuple(layout["shifts"])
        table["lm"] = OmniConfig(layout=GridLayout(**layout), **table["lm"])
        for name in {"symbols", "silence", "voices"} & table.keys():
            table[name] = tuple(table[name])
        return cls(**table)

    def to_json(self) -> str:
        """All fields."""
        return json.dumps(asdict(self), ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Cue:
    """What is said when, for frames [lane, frame].

    windows: ids [lane, frame, window]. advance [lane, frame]: symbols the pointer moves on during
    the frame. pace [lane, frame]: wished tempo. voice [lane, frame]: which of the speaker's voices
    speaks; without meaning where they are not told apart.
    """

    windows: Tensor
    advance: Tensor
    pace: Tensor
    voice: Tensor


class SpeakerNet(nn.Module):
    """Frames so far and cues to hidden vectors, from these to codes and to the next advance.

    Step t is told the codes of frame t-1 and the symbols that sound during frame t; it gives the
    codes of frame t, and the advance of frame t+1. The text row of the grid stays a pad.
    """

    def __init__(self, config: SpeakerConfig) -> None:
        super().__init__()
        self.config = config
        self.lm = OmniLM(config.lm)
        known = len(config.symbols) + 2  # pad and unseen
        self.symbol = nn.Embedding(known, config.symbol_dim)
        self.present = nn.Embedding(known, config.lm.dim)
        self.advance = nn.Linear(config.lm.dim, MOST_ADVANCE + 1)
        self.sounding = nn.Parameter(torch.zeros(config.symbol_dim))
        self.voice = nn.Embedding(len(config.voices), config.lm.dim) if config.voices else None
        if self.voice:
            nn.init.zeros_(self.voice.weight)  # a new voice begins as what they have in common

    def embed(self, last: Tensor, cue: Cue) -> Tensor:
        """Steps [lane, frame, dim] from the codes of the frames before [lane, frame, 7]."""
        slots = torch.arange(self.config.window, device=last.device) - self.config.behind
        sounds = (slots >= 0) & (slots <= cue.advance[..., None])
        symbols = self.symbol(cue.windows) + sounds[..., None] * self.sounding
        features = torch.cat((symbols.flatten(-2), cue.pace[..., None]), dim=-1)
        pads = torch.full_like(last[..., :1], self.config.lm.layout.text(TextSpecial.PAD))
        said = self.present(cue.windows[..., self.config.behind]) / ROWS
        step = self.lm.embed(torch.cat((last, pads), dim=-1)) + said
        out: Tensor = step + self.lm.cue_adapter(features)
        return out if self.voice is None else out + self.voice(cue.voice)

    def advance_logits(self, hidden: Tensor) -> Tensor:
        """Hidden vectors [..., dim] to logits [..., MOST_ADVANCE + 1] of the next advance."""
        out: Tensor = self.advance(hidden)
        return out


def save_speaker(path: Path, net: SpeakerNet) -> None:
    """Write configuration and weights, as float16, to one safetensors file."""
    tensors = {name: t.detach().half().contiguous() for name, t in net.state_dict().items()}
    save_file(tensors, path, metadata={"speaker": net.config.to_json()})


def load_speaker(path: Path, device: torch.device | None = None) -> SpeakerNet:
    """Read what `save_speaker` wrote; weights are float32 in memory, on the CPU by default."""
    with safe_open(path, framework="pt") as file:
        metadata = file.metadata() or {}
        tensors = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118
        if "speaker" in metadata:
            table = json.loads(metadata["speaker"])
        elif FIRST_FORMAT in metadata:
            table, tensors = converted(json.loads(metadata[FIRST_FORMAT]), tensors)
        else:
            raise ValueError(f"{path} is not a speaker's file")
        net = SpeakerNet(SpeakerConfig.from_table(table))
        net.load_state_dict(tensors)
    return net.to(device).eval()
