"""Answers in the turn layout: prompt in, text and frames of codes out, one step at a time.

A task that speaks may be asked in two lanes, as mini-omni is served: one lane gives the codes, the
other, which only writes, the text of both, because a lane that need not speak writes better.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from interp.models.omni.grid import (
    AUDIO_ROWS,
    TEXT_ROW,
    AudioSpecial,
    GridLayout,
    TextSpecial,
    TokenGrid,
)
from interp.models.omni.lm import Heard, OmniLM
from interp.models.omni.prompts import Prompt
from interp.models.omni.sampling import choose
from interp.models.omni.settings import Sampling

DRAWS = AUDIO_ROWS + 1


@dataclass(frozen=True, slots=True)
class Manner:
    """How an answer is chosen. most_steps: of prompt and answer. seed: of what is drawn."""

    text: Sampling = field(default_factory=Sampling)
    codes: Sampling = field(default_factory=Sampling)
    most_steps: int = 2_048
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """text: tokens. frames: codes [frame, 7], none where the task does not speak. ended: it came to
    its own end, before `most_steps`."""

    text: list[int]
    frames: Tensor
    ended: bool


@torch.inference_mode()
def answer(
    lm: OmniLM,
    prompts: Sequence[Prompt],
    source: Tensor | None = None,
    manner: Manner | None = None,
) -> Answer:
    """Answer one prompt; or two of the same length, of which the first speaks and the last writes.

    source: features [heard, source_dim] of prompts that hear. Stops where the text ends, or, where
    the answer is spoken, where the last audio row does.
    """
    manner = manner or Manner()
    spoken, written = prompts[0].task, prompts[-1].task
    device = lm.device
    layout, steps = lm.config.layout, len(prompts[0].ids)
    if len(prompts) > 2 or any(len(each.ids) != steps for each in prompts):
        raise ValueError("one prompt, or two of the same length")
    generator = torch.Generator(device="cpu").manual_seed(manner.seed)
    ids = torch.stack([each.ids for each in prompts]).to(device)
    heard = _heard(prompts, source.to(device)) if source is not None else None
    state = lm.init_state(len(prompts), longest_call=steps)
    hidden = lm(lm.embed(ids, heard), state)[:, -1]
    told: list[Tensor] = []
    text_ended, ended = not written.writes, False
    while not ended and steps + len(told) < manner.most_steps:
        draws = torch.rand(DRAWS, generator=generator, device="cpu").to(device)
        step = _silent(layout, device)
        if not text_ended:
            logits = lm.text_logits(hidden[-1:])
            step[TEXT_ROW] = choose(logits, manner.text, draws[TEXT_ROW:])[0]
        if spoken.speaks:
            step[:TEXT_ROW] = _codes(lm, hidden[:1], manner.codes, draws)
        text_ended = text_ended or int(step[TEXT_ROW]) == layout.text(TextSpecial.END)
        if spoken.speaks:
            ended = int(step[TEXT_ROW - 1]) == layout.audio(AudioSpecial.END)
        else:
            ended = text_ended
        told.append(step)
        if not ended:
            hidden = lm(lm.embed(_fed(step, len(prompts), layout)), state)[:, -1]
    return _answered(layout, told, ended)


def _heard(prompts: Sequence[Prompt], source: Tensor) -> Heard:
    each = [prompt.features(source) for prompt in prompts]
    return Heard(torch.cat([one.features for one in each]), torch.cat([one.at for one in each]))


def _codes(lm: OmniLM, hidden: Tensor, sampling: Sampling, draws: Tensor) -> Tensor:
    def pick(row: int, logits: Tensor) -> Tensor:
        return choose(logits, sampling, draws[row : row + 1])

    return lm.codes_by(hidden, pick)[0]


def _silent(layout: GridLayout, device: torch.device) -> Tensor:
    """A step of pads [8]."""
    step = torch.full(
        (TEXT_ROW + 1,), layout.audio(AudioSpecial.PAD), dtype=torch.int64, device=device
    )
    step[TEXT_ROW] = layout.text(TextSpecial.PAD)
    return step


def _fed(step: Tensor, lanes: int, layout: GridLayout) -> Tensor:
    """What was chosen, as the next step of every lane [lane, 1, 8]; only the first hears codes."""
    fed = step.repeat(lanes, 1)
    fed[1:, :TEXT_ROW] = layout.audio(AudioSpecial.PAD)
    return fed[:, None]


def _answered(layout: GridLayout, told: Sequence[Tensor], ended: bool) -> Answer:
    if not told:
        return Answer([], torch.zeros((0, AUDIO_ROWS), dtype=torch.int64, device="cpu"), ended)
    grid = TokenGrid(layout, torch.stack(tuple(told), dim=1).cpu())
    return Answer(grid.text(), grid.frames(), ended)
