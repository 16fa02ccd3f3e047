"""The speaker's network: an OmniLM in the duplex layout, told by a window of text what to say."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from interp.models.omni.config import OmniConfig
from interp.models.omni.grid import AUDIO_ROWS, GridLayout, TextSpecial
from interp.models.omni.lm import OmniLM

MOST_ADVANCE = 7
"""Symbols that the text moves on in one frame, at most."""


@dataclass(frozen=True, slots=True)
class SpeakerConfig:
    """Sizes and vocabulary of a speaker.

    symbols: the text vocabulary, as its reader gives it; the first is the blank between words.
    behind, ahead: symbols in the window before and after the present one. symbol_dim: width of
    each. silence: codes of a silent frame. codec: name of the codec whose codes it speaks.
    language: what it speaks, a primary subtag.
    """

    lm: OmniConfig
    symbols: tuple[str, ...]
    behind: int
    ahead: int
    symbol_dim: int
    silence: tuple[int, ...]
    codec: str
    language: str = "en"

    def __post_init__(self) -> None:
        if self.lm.source_dim != self.window * self.symbol_dim + 1:
            raise ValueError(f"source_dim is {self.window * self.symbol_dim + 1} with this window")
        if self.lm.layout.text_tokens != len(self.symbols) or self.symbols[0] != " ":
            raise ValueError("symbols are the text tokens, the blank first")
        if len(self.silence) != AUDIO_ROWS:
            raise ValueError(f"a frame has seven codes, not {len(self.silence)}")

    @property
    def window(self) -> int:
        """Symbols in the window."""
        return self.behind + 1 + self.ahead

    @classmethod
    def from_json(cls, text: str) -> "SpeakerConfig":
        """Read what `to_json` wrote."""
        table = json.loads(text)
        layout = table["lm"].pop("layout")
        layout["shifts"] = tuple(layout["shifts"])
        table["lm"] = OmniConfig(layout=GridLayout(**layout), **table["lm"])
        table["symbols"], table["silence"] = tuple(table["symbols"]), tuple(table["silence"])
        return cls(**table)

    def to_json(self) -> str:
        """All fields."""
        return json.dumps(asdict(self), ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Cue:
    """What is said when, for frames [lane, frame].

    windows: ids [lane, frame, window]. advance [lane, frame]: symbols the pointer moves on during
    the frame. pace [lane, frame]: wished tempo.
    """

    windows: Tensor
    advance: Tensor
    pace: Tensor


class SpeakerNet(nn.Module):
    """Frames so far and cues to hidden vectors, from these to codes and to the next advance.

    Step t is told the codes of frame t-1 and the symbols that sound during frame t; it gives the
    codes of frame t, and the advance of frame t+1, which the text row's head decides.
    """

    def __init__(self, config: SpeakerConfig) -> None:
        super().__init__()
        self.config = config
        self.lm = OmniLM(config.lm)
        self.symbol = nn.Embedding(config.lm.layout.text_vocab, config.symbol_dim)
        self.sounding = nn.Parameter(torch.zeros(config.symbol_dim))

    def embed(self, last: Tensor, cue: Cue) -> Tensor:
        """Steps [lane, frame, dim] from the codes of the frames before [lane, frame, 7]."""
        slots = torch.arange(self.config.window, device=last.device) - self.config.behind
        sounds = (slots >= 0) & (slots <= cue.advance[..., None])
        symbols = self.symbol(cue.windows) + sounds[..., None] * self.sounding
        features = torch.cat((symbols.flatten(-2), cue.pace[..., None]), dim=-1)
        text = cue.windows[..., self.config.behind, None]
        return self.lm.embed_with(torch.cat((last, text), dim=-1), features)

    def advance_logits(self, hidden: Tensor) -> Tensor:
        """Hidden vectors [..., dim] to logits [..., MOST_ADVANCE + 1] of the next advance."""
        first = self.config.lm.layout.text(TextSpecial.ADVANCE)
        return self.lm.text_logits(hidden)[..., first : first + MOST_ADVANCE + 1]


def save_speaker(path: Path, net: SpeakerNet) -> None:
    """Write configuration and weights, as float16, to one safetensors file."""
    tensors = {name: t.detach().half().contiguous() for name, t in net.state_dict().items()}
    save_file(tensors, path, metadata={"voice": net.config.to_json()})


def load_speaker(path: Path, device: torch.device | None = None) -> SpeakerNet:
    """Read what `save_speaker` wrote; weights are float32 in memory, on the CPU by default."""
    with safe_open(path, framework="pt") as file:
        metadata = file.metadata() or {}
        if "voice" not in metadata:
            raise ValueError(f"{path} is not a speaker's file")
        net = SpeakerNet(SpeakerConfig.from_json(metadata["voice"]))
        net.load_state_dict({name: file.get_tensor(name).float() for name in file.keys()})  # noqa: SIM118
    return net.to(device).eval()
