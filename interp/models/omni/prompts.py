"""The turn layout: mini-omni's prompts, one grid of ids a task."""

from collections.abc import Sequence
from enum import StrEnum

import torch
from torch import Tensor

from interp.models.omni.grid import ROWS, TEXT_ROW, AudioSpecial, GridLayout, TextSpecial


class Turn(StrEnum):
    """What goes in (A audio, T text) and what comes out; A1T1 is recognition."""

    A1A2 = "A1A2"
    A1T2 = "A1T2"
    A1T1 = "A1T1"
    T1A2 = "T1A2"
    T1T2 = "T1T2"

    @property
    def hears(self) -> bool:
        """Source features stand in the prompt."""
        return self.value.startswith("A1")

    @property
    def speaks(self) -> bool:
        """The answer has codes."""
        return self.value.endswith("A2")


def heard_prompt(layout: GridLayout, turn: Turn, heard: int) -> Tensor:
    """Prompt ids int64 [heard + 3, 8] for `heard` source features, which go at steps 1 .. heard."""
    if not turn.hears:
        raise ValueError(f"{turn} hears nothing")
    ids = _pads(layout, heard + 3)
    ids[0, :TEXT_ROW] = layout.audio(AudioSpecial.INPUT)
    ids[heard + 1, :TEXT_ROW] = layout.audio(AudioSpecial.END)
    if turn.speaks:
        ids[heard + 2, :TEXT_ROW] = layout.audio(AudioSpecial.ANSWER)
    ids[0, TEXT_ROW] = layout.text(TextSpecial.INPUT)
    ids[heard + 1, TEXT_ROW] = layout.text(TextSpecial.END)
    answer = TextSpecial.ASR if turn is Turn.A1T1 else TextSpecial.ANSWER
    ids[heard + 2, TEXT_ROW] = layout.text(answer)
    return ids


def written_prompt(layout: GridLayout, turn: Turn, text: Sequence[int]) -> Tensor:
    """Prompt ids int64 [len(text) + 3, 8] for source text."""
    if turn.hears:
        raise ValueError(f"{turn} reads nothing")
    ids = _pads(layout, len(text) + 3)
    if turn.speaks:
        ids[-1, :TEXT_ROW] = layout.audio(AudioSpecial.ANSWER)
    ids[0, TEXT_ROW] = layout.text(TextSpecial.INPUT)
    ids[1:-2, TEXT_ROW] = torch.tensor(text, dtype=torch.int64)
    ids[-2, TEXT_ROW] = layout.text(TextSpecial.END)
    ids[-1, TEXT_ROW] = layout.text(TextSpecial.ANSWER)
    return ids


def _pads(layout: GridLayout, steps: int) -> Tensor:
    ids = torch.full((steps, ROWS), layout.audio(AudioSpecial.PAD), dtype=torch.int64)
    ids[:, TEXT_ROW] = layout.text(TextSpecial.PAD)
    return ids
