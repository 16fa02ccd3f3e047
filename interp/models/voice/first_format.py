"""Speaker files of the first format, in which symbols shared the text row of the grid.

There the symbols were the text tokens of the LM, pad and unseen its specials 1 and 5, the moves its
specials from 16 on, and the cue took the place of the source. The numbers stay the same, so the
speech does, sample for sample.
"""

from typing import Any

import torch
from torch import Tensor

FIRST_FORMAT = "voice"
"""Name of its metadata."""
_PAD, _UNSEEN, _ADVANCE, _MOVES = 1, 5, 16, 8


def converted(
    table: dict[str, Any], tensors: dict[str, Tensor]
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Configuration and tensors in today's form."""
    count = len(table["symbols"])
    specials = table["lm"]["layout"]["specials"]
    lm = table["lm"] | {"source_dim": 0, "cue_dim": table["lm"]["source_dim"]}
    lm["layout"] = lm["layout"] | {"text_tokens": 0}
    known = torch.tensor([*range(count), count + _PAD, count + _UNSEEN], device="cpu")
    moves = slice(count + _ADVANCE, count + _ADVANCE + _MOVES)
    text, head = tensors["lm.transformer.wte.text.weight"], tensors["lm.text_head.weight"]
    return table | {"lm": lm}, {
        name.replace("whisper_adapter", "cue_adapter"): tensor for name, tensor in tensors.items()
    } | {
        "symbol.weight": tensors["symbol.weight"][known],
        "present.weight": text[known],
        "advance.weight": head[moves],
        "advance.bias": tensors["lm.text_head.bias"][moves],
        "lm.transformer.wte.text.weight": text.new_zeros(specials, text.shape[1]),
        "lm.text_head.weight": head.new_zeros(specials, head.shape[1]),
        "lm.text_head.bias": head.new_zeros(specials),
    }
