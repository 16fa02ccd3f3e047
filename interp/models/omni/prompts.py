"""The turn layout: one grid of ids a task, mini-omni's prompts and their translation forms."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import torch
from torch import Tensor

from interp.models.omni.grid import ROWS, TEXT_ROW, AudioSpecial, GridLayout, TextSpecial
from interp.models.omni.lm import Heard


class Task(StrEnum):
    """What comes in (S or A: speech, T: text) and what goes out (S or A: speech and text, T: text).

    mini-omni calls A2A, A2T, ASR, T2A and T2T: A1A2, A1T2, A1T1, T1A2 and T1T2. The others are
    ours: TTS says the text it is given; T2TT, S2TT, T2ST and S2ST translate.
    """

    ASR = "asr"
    TTS = "tts"
    T2T = "t2t"
    A2T = "a2t"
    A2A = "a2a"
    T2A = "t2a"
    T2TT = "t2tt"
    S2TT = "s2tt"
    T2ST = "t2st"
    S2ST = "s2st"

    @property
    def hears(self) -> bool:
        """Source features stand in the prompt."""
        return self in (Task.ASR, Task.A2T, Task.A2A, Task.S2TT, Task.S2ST)

    @property
    def speaks(self) -> bool:
        """The answer has codes."""
        return self in (Task.TTS, Task.A2A, Task.T2A, Task.T2ST, Task.S2ST)

    @property
    def writes(self) -> bool:
        """The answer has text."""
        return self is not Task.TTS

    @property
    def translates(self) -> bool:
        """The answer is in another language, which the prompt names."""
        return self in (Task.T2TT, Task.S2TT, Task.T2ST, Task.S2ST)


@dataclass(frozen=True, slots=True)
class Prompt:
    """ids int64 [step, 8]. heard: how many source features stand at steps 1 .. heard."""

    task: Task
    ids: Tensor
    heard: int = 0

    def features(self, source: Tensor) -> Heard:
        """The features [heard, source_dim] at their steps, as one lane."""
        assert len(source) == self.heard, f"{len(source)} features for a prompt of {self.heard}"
        at = torch.zeros(1, len(self.ids), dtype=torch.bool, device=source.device)
        at[:, 1 : 1 + self.heard] = True
        placed = source.new_zeros(1, len(self.ids), source.shape[1])
        placed[:, 1 : 1 + self.heard] = source
        return Heard(placed, at)


def heard_prompt(layout: GridLayout, task: Task, heard: int, language: int | None = None) -> Prompt:
    """For `heard` source features. language: number of the answer's, where the task translates."""
    if not task.hears:
        raise ValueError(f"{task} hears nothing")
    markers = _markers(layout, task, language)
    ids = _pads(layout, heard + 2 + len(markers))
    ids[0, :TEXT_ROW] = layout.audio(AudioSpecial.INPUT)
    ids[heard + 1, :TEXT_ROW] = layout.audio(AudioSpecial.END)
    ids[0, TEXT_ROW] = layout.text(TextSpecial.INPUT)
    ids[heard + 1, TEXT_ROW] = layout.text(TextSpecial.END)
    return Prompt(task, _marked(layout, task, ids, markers), heard)


def written_prompt(
    layout: GridLayout, task: Task, text: Sequence[int], language: int | None = None
) -> Prompt:
    """For source text. language: number of the answer's, where the task translates."""
    if task.hears:
        raise ValueError(f"{task} reads nothing")
    markers = _markers(layout, task, language)
    ids = _pads(layout, len(text) + 2 + len(markers))
    ids[0, TEXT_ROW] = layout.text(TextSpecial.INPUT)
    ids[1 : 1 + len(text), TEXT_ROW] = torch.tensor(text, dtype=torch.int64, device="cpu")
    ids[1 + len(text), TEXT_ROW] = layout.text(TextSpecial.END)
    return Prompt(task, _marked(layout, task, ids, markers))


def _markers(layout: GridLayout, task: Task, language: int | None) -> list[int]:
    """Text ids that ask for the task, the last of which is answered."""
    if task.translates != (language is not None):
        raise ValueError(f"a language is named where, and only where, a task translates: {task}")
    if language is not None:
        named = layout.text(TextSpecial.LANGUAGE, language)
        return [layout.text(TextSpecial.TRANSLATE), named]
    special = {Task.ASR: TextSpecial.ASR, Task.TTS: TextSpecial.TTS}
    return [layout.text(special.get(task, TextSpecial.ANSWER))]


def _marked(layout: GridLayout, task: Task, ids: Tensor, markers: Sequence[int]) -> Tensor:
    ids[-len(markers) :, TEXT_ROW] = torch.tensor(markers, device="cpu")
    if task.speaks:
        ids[-1, :TEXT_ROW] = layout.audio(AudioSpecial.ANSWER)
    return ids


def _pads(layout: GridLayout, steps: int) -> Tensor:
    pad = layout.audio(AudioSpecial.PAD)
    ids = torch.full((steps, ROWS), pad, dtype=torch.int64, device="cpu")
    ids[:, TEXT_ROW] = layout.text(TextSpecial.PAD)
    return ids
