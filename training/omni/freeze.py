"""Which parts of an OmniLM learn in a stage; the others stay as they are, to the bit."""

from collections.abc import Collection, Iterator
from enum import StrEnum

import torch
from torch import Tensor, nn

from interp.models.omni.lm import OmniLM


class Part(StrEnum):
    """adapters: of what is heard and told. audio: tables and heads of the codes. text: those of the
    text. trunk: the blocks between."""

    ADAPTERS = "adapters"
    AUDIO = "audio"
    TEXT = "text"
    TRUNK = "trunk"


def part_of(name: str) -> Part | None:
    """Part of a parameter by its name; None for a table of the released form, which holds text and
    codes one below the other."""
    if "adapter" in name:
        return Part.ADAPTERS
    if name.startswith(("transformer.h.", "transformer.ln_f")):
        return Part.TRUNK
    if name in ("transformer.wte.weight", "lm_head.weight"):
        return None
    return Part.TEXT if name.startswith(("transformer.wte.text", "text_head")) else Part.AUDIO


def let_learn(model: OmniLM, learn: Collection[str]) -> None:
    """Only these parts have gradients; of a table with both, only the rows of its part."""
    for name, parameter in model.named_parameters():
        part = part_of(name)
        if part is not None:
            parameter.requires_grad_(part in learn)
        else:
            _mask_rows(model, parameter, learn)


def _mask_rows(model: OmniLM, table: nn.Parameter, learn: Collection[str]) -> None:
    text = model.config.layout.text_vocab
    table.requires_grad_(Part.TEXT in learn or Part.AUDIO in learn)
    if table.requires_grad and not (Part.TEXT in learn and Part.AUDIO in learn):
        learns = torch.zeros(len(table), 1, device=table.device)
        learns[:text] = float(Part.TEXT in learn)
        learns[text:] = float(Part.AUDIO in learn)
        table.register_hook(lambda gradient: gradient * learns)  # type: ignore[no-untyped-call]


def parts(model: OmniLM) -> Iterator[tuple[Part, Tensor]]:
    """All weights by part, tables of the released form split into text and codes."""
    text = model.config.layout.text_vocab
    for name, tensor in model.state_dict().items():
        part = part_of(name)
        if part is not None:
            yield part, tensor
        else:
            yield Part.TEXT, tensor[:text]
            yield Part.AUDIO, tensor[text:]
