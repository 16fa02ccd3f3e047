"""One question to a model: speech or text in, text and speech out."""

from dataclasses import dataclass

import torch

from interp.core.audio import Samples
from interp.models.omni.generate import Answer, Manner, answer
from interp.models.omni.grid import frames_to_levels
from interp.models.omni.hearing import Hearer
from interp.models.omni.prompts import Prompt, Task, heard_prompt, written_prompt
from interp.models.omni.release import Omni
from interp.models.snac import Codec, Codes

WRITES_OF = {
    Task.A2A: Task.A2T,
    Task.T2A: Task.T2T,
    Task.S2ST: Task.S2TT,
    Task.T2ST: Task.T2TT,
}
"""The task that writes what a task says; beside it in two lanes, as mini-omni is served."""


@dataclass(frozen=True, slots=True)
class Question:
    """text or audio (16 kHz), as the task reads or hears. language: of the answer, where it
    translates. lanes: 2 lets a lane of its own write what is said, where a task does both."""

    task: Task
    text: str = ""
    audio: Samples | None = None
    language: str = ""
    lanes: int = 1


def ask(
    model: Omni, question: Question, hearer: Hearer | None = None, manner: Manner | None = None
) -> Answer:
    """The model's answer. hearer: of questions that are heard. Raises ValueError where the question
    lacks what the task needs."""
    task, layout = question.task, model.lm.config.layout
    language = model.card.language(question.language) if task.translates else None
    tasks = [task]
    if question.lanes == 2 and task in WRITES_OF:
        tasks.append(WRITES_OF[task])
    source, prompts = None, list[Prompt]()
    if task.hears:
        if question.audio is None or hearer is None:
            raise ValueError(f"{task} hears; name a recording")
        source = torch.from_numpy(hearer.hear(question.audio))
        prompts = [heard_prompt(layout, each, len(source), language) for each in tasks]
    else:
        if not question.text:
            raise ValueError(f"{task} reads; give a text")
        asked = model.tokens.encode(question.text)
        prompts = [written_prompt(layout, each, asked, language) for each in tasks]
    return answer(model.lm, prompts, source, manner)


def spoken(answered: Answer, codec: Codec) -> Samples:
    """An answer as samples at 24 kHz."""
    levels = frames_to_levels(answered.frames)
    return codec.decode_whole(Codes(*(level.numpy() for level in levels)))
