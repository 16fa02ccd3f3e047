"""Frames that spell what is said: what teaches the adapter to, and made-up frames of texts alone.

The adapter's vectors are scored by those of the text, whose pads are the blanks: no step of the
trunk. (Graves et al., Connectionist temporal classification, ICML 2006.) Once what is heard reaches
the trunk as spelling, text can stand in for speech: frames as a reader would spell them, made from
the text, teach all that comes after (Peng et al., TASU, arXiv 2511.03310).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from interp.models.omni.grid import TextSpecial
from interp.models.omni.lm import OmniLM
from training.omni.schedule import FRAME_MS, Heard

BEFORE, AFTER, BETWEEN = 4, 8, 4
"""Most frames without a piece before a text, after it, and after each piece of it."""
REPEATED = 0.15
"""Part of the pieces that two frames spell."""
MOST_WRONG = 0.1
"""Part of the pieces that are lost, or others, at most: drawn for each text."""


def ctc(model: OmniLM, sources: Sequence[Tensor], told: Sequence[Sequence[int]]) -> Tensor:
    """Mean loss a piece of what recordings, features [frame, source_dim], are to spell; those with
    too few frames for their pieces lose nothing."""
    lengths = torch.tensor([len(source) for source in sources])
    counts = torch.tensor([len(pieces) for pieces in told])
    logits = model.spelling(torch.cat([*sources]).to(model.device)).float()
    by_row = torch.nn.utils.rnn.pad_sequence(
        list(torch.split(logits.log_softmax(-1), lengths.tolist()))
    )
    pieces = torch.tensor([piece for each in told for piece in each], device=logits.device)
    lost = F.ctc_loss(
        by_row, pieces, lengths, counts, blank=_pad(model), reduction="sum", zero_infinity=True
    )
    return lost / counts.sum()


@torch.inference_mode()
def read_off(model: OmniLM, source: Tensor) -> list[int]:
    """The pieces that frames [frame, source_dim] spell: the likeliest of each, each run once."""
    likeliest = torch.unique_consecutive(model.spelling(source.to(model.device)).argmax(dim=-1))
    return [int(piece) for piece in likeliest if piece < model.config.layout.text_tokens]


@dataclass(frozen=True, slots=True)
class Spelt:
    """ids: of frames [frame]. ends: frame behind each word."""

    ids: Tensor
    ends: tuple[int, ...]

    def heard(self, reads: Sequence[int]) -> Heard:
        """When its words are heard. reads: as Heard's."""
        return Heard(len(self.ids), tuple(round(end * FRAME_MS) for end in self.ends), reads)


def spelt(
    told: Sequence[int], starts: Sequence[bool], pad: int, vocabulary: int, rng: np.random.Generator
) -> Spelt:
    """A text as a reader of its frames might spell it. starts: whether each piece begins a word.
    pad: id of the blank. vocabulary: how many pieces there are."""
    ids, ends = [pad] * int(rng.integers(BEFORE + 1)), list[int]()
    wrong = rng.uniform(0.0, MOST_WRONG)
    for piece, begins in zip(told, starts, strict=True):
        if rng.random() < wrong:
            piece = pad if rng.random() < 0.5 else int(rng.integers(vocabulary))
        ids += [piece] * (1 + int(rng.random() < REPEATED))
        if begins or not ends:
            ends.append(len(ids))
        ends[-1] = len(ids)
        ids += [pad] * int(rng.integers(BETWEEN + 1))
    return Spelt(torch.tensor(ids + [pad] * int(rng.integers(AFTER + 1))), tuple(ends))


def _pad(model: OmniLM) -> int:
    return model.config.layout.text(TextSpecial.PAD)
