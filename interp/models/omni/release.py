"""An OmniLM of our own as a folder: weights, what they are made for, and its vocabulary."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file

from interp.core.settings import settings_from
from interp.models.omni.about import ABOUT, WEIGHTS, read_about
from interp.models.omni.config import OmniConfig
from interp.models.omni.lm import OmniLM
from interp.models.omni.tokens import Vocabulary, load_tokens, vocabulary_file


@dataclass(frozen=True, slots=True)
class OmniCard:
    """lm: sizes. languages: primary subtags, by their number in the text row. hears: what made its
    source features. codec: name of the codec whose codes it speaks, empty where it does not. pairs:
    languages it learnt to hear and to write, as `en-pt`; of equal ones, what was said. unit_frames:
    frames in a unit of the k that it may be told; 0 where it learnt to be told none."""

    lm: OmniConfig
    languages: tuple[str, ...]
    hears: str
    codec: str = ""
    pairs: tuple[str, ...] = ()
    unit_frames: int = 0

    def language(self, tag: str) -> int:
        """Number of a language; raises ValueError, naming the known ones."""
        if tag not in self.languages:
            raise ValueError(f"{tag} is not among {', '.join(self.languages)}")
        return self.languages.index(tag)


@dataclass(frozen=True, slots=True)
class Omni:
    """A model ready for use."""

    card: OmniCard
    lm: OmniLM
    tokens: Vocabulary


def save_omni(folder: Path, lm: OmniLM, card: OmniCard, dtype: torch.dtype) -> None:
    """Write weights and card; the vocabulary is put beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {
        name: tensor.detach().to("cpu", dtype).clone().contiguous()
        for name, tensor in lm.state_dict().items()
    }
    about = json.dumps(asdict(card), ensure_ascii=False)
    save_file(tensors, folder / WEIGHTS, metadata={ABOUT: about})


def load_omni(folder: Path, device: torch.device | None = None) -> Omni:
    """Read such a folder; float32 in memory. Raises OSError, ValueError, RuntimeError."""
    card = settings_from(OmniCard, read_about(folder), "")
    lm = OmniLM(card.lm)
    with safe_open(folder / WEIGHTS, framework="pt") as file:
        lm.load_state_dict({name: file.get_tensor(name).float() for name in file.keys()})  # noqa: SIM118
    return Omni(card, lm.to(device).eval(), load_tokens(vocabulary_file(folder)))
