"""What the model is told and what it should say: ids, labels and masks of every task, all here.

Turn layout: prompt, then answer. A label stands at the step before its id; the prompt has none.
| task | text row | audio rows |
| ASR, A2T, T2T, S2TT, T2TT | the answer and its end | pads, no loss |
| TTS | pads, no loss | staircase, codes, ends, up to the last end |
| A2A, T2A, S2ST, T2ST | the answer and its end | as TTS |
Pads in the staircase before a row's first code are learnt, since the model has to give them; what
comes after its end is forced when it answers, and is not.

Duplex layout: one step a frame; a token stands where the schedule writes it, a pad elsewhere. When
to write is the policy's to say: learnt is what is written, and the pad that says a word is over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from interp.models.omni.duplex import UNTOLD, opening
from interp.models.omni.grid import (
    ROWS,
    TEXT_ROW,
    AudioSpecial,
    GridLayout,
    TextSpecial,
    TokenGrid,
)
from interp.models.omni.prompts import Prompt, Task, heard_prompt, written_prompt

NO_LOSS = -100


@dataclass(frozen=True, slots=True)
class Sample:
    """One example as one task sees it.

    asked: tokens of the source text, for tasks that read. source: features [heard, source_dim], for
    those that hear, or, where a text stands in for speech, text ids [heard]. told: tokens of the
    answer. frames: its codes [frame, 7], for those that speak. language: number of the answer's,
    for those that translate.
    """

    task: Task
    asked: tuple[int, ...] = ()
    source: Tensor | None = None
    told: tuple[int, ...] = ()
    frames: Tensor | None = None
    language: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """ids, labels int64 [step, 8]. source: as a Sample's, from step `first` on; replaces: it stands
    for the audio rows, as in prompts, or is added to the step, as in the duplex layout. weight: of
    its loss."""

    ids: Tensor
    labels: Tensor
    source: Tensor | None = None
    first: int = 1
    replaces: bool = True
    weight: float = 1.0


def turn_row(layout: GridLayout, sample: Sample, weight: float = 1.0) -> Row:
    """Prompt and answer of one sample."""
    prompt = _prompt(layout, sample)
    answer, wanted = _answer(layout, sample)
    ids = torch.cat((prompt.ids, answer))
    labels = torch.full_like(ids, NO_LOSS)
    labels[len(prompt.ids) - 1 : -1] = wanted
    return Row(ids[:-1], labels[:-1], sample.source, weight=weight)


def duplex_row(
    layout: GridLayout,
    sample: Sample,
    writes: Sequence[int],
    k: int = UNTOLD,
    weight: float = 1.0,
) -> Row:
    """A sample whose answer is written while its source is heard.

    sample.source: one step a frame. writes: frame in which each token of
    the answer, and last its end, is written, ascending; those past the last frame are left out.
    k: that the model is told.
    """
    source = sample.source
    if source is None or len(writes) != len(sample.told) + 1:
        raise ValueError("a duplex row has a source, and a frame for each token and for the end")
    if any(later <= sooner for sooner, later in pairwise(writes)):
        raise ValueError("at most one token is written in a frame")
    told = opening(layout, sample.language, k)
    first, steps = len(told), len(told) + len(source)
    ids, labels = _pads(layout, steps), torch.full((steps, ROWS), NO_LOSS)
    ids[:first, TEXT_ROW] = torch.tensor(told)
    tokens = (*sample.told, layout.text(TextSpecial.END))
    for frame, token in zip(writes, tokens, strict=True):
        step = first + frame
        labels[step : step + 1, TEXT_ROW] = token
        if token != tokens[-1]:
            labels[step + 1 : step + 2, TEXT_ROW] = layout.text(TextSpecial.PAD)
        ids[step + 1 : step + 2, TEXT_ROW] = token
    return Row(ids, labels, source, first=first, replaces=False, weight=weight)


def _prompt(layout: GridLayout, sample: Sample) -> Prompt:
    if not sample.task.hears:
        return written_prompt(layout, sample.task, sample.asked, sample.language)
    if sample.source is None:
        raise ValueError(f"{sample.task} needs what is heard")
    return heard_prompt(layout, sample.task, len(sample.source), sample.language)


def _answer(layout: GridLayout, sample: Sample) -> tuple[Tensor, Tensor]:
    """Ids of the answer and what of them is learnt, both [step, 8]."""
    if sample.task.speaks:
        if sample.frames is None:
            raise ValueError(f"{sample.task} needs what is said")
        ids = TokenGrid.spoken(layout, sample.frames, sample.told).ids.T.clone()
        spoken = len(sample.frames) + layout.longest_shift + 1
    else:
        ids, spoken = _pads(layout, len(sample.told) + 1), 0
        ids[:-1, TEXT_ROW] = torch.tensor(sample.told, dtype=torch.int64)
        ids[-1, TEXT_ROW] = layout.text(TextSpecial.END)
    wanted = torch.full_like(ids, NO_LOSS)
    wanted[:spoken, :TEXT_ROW] = ids[:spoken, :TEXT_ROW]
    if sample.task.writes:
        written = len(sample.told) + 1
        wanted[:written, TEXT_ROW] = ids[:written, TEXT_ROW]
    else:
        ids[:, TEXT_ROW] = layout.text(TextSpecial.PAD)
    return ids, wanted


def _pads(layout: GridLayout, steps: int) -> Tensor:
    ids = torch.full((steps, ROWS), layout.audio(AudioSpecial.PAD), dtype=torch.int64)
    ids[:, TEXT_ROW] = layout.text(TextSpecial.PAD)
    return ids
