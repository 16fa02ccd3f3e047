"""One question to a model: speech or text in, text and speech out."""

from dataclasses import dataclass
from pathlib import Path

import soundfile
import torch

from interp.core.audio import TARGET_RATE_HZ
from interp.intake.file import read_audio
from interp.models.omni.generate import Answer, Manner, answer
from interp.models.omni.prompts import Prompt, Task, heard_prompt, written_prompt
from interp.models.omni.release import Omni
from training.omni.hear import hearer
from training.speaker.recite import snac_decoder

WRITES_OF = {
    Task.A2A: Task.A2T,
    Task.T2A: Task.T2T,
    Task.S2ST: Task.S2TT,
    Task.T2ST: Task.T2TT,
}
"""The task that writes what a task says; beside it in two lanes, as mini-omni is served."""


@dataclass(frozen=True, slots=True)
class Question:
    """text or audio, as the task reads or hears. language: of the answer, where it translates.
    lanes: 2 lets a lane of its own write what is said, where a task does both."""

    task: Task
    text: str = ""
    audio: Path | None = None
    language: str = ""
    lanes: int = 1


def ask(model: Omni, question: Question, manner: Manner | None = None) -> Answer:
    """The model's answer. Raises ValueError where the question lacks what the task needs."""
    task, layout = question.task, model.lm.config.layout
    language = model.card.language(question.language) if task.translates else None
    tasks = [task]
    if question.lanes == 2 and task in WRITES_OF:
        tasks.append(WRITES_OF[task])
    source, prompts = None, list[Prompt]()
    if task.hears:
        if question.audio is None:
            raise ValueError(f"{task} hears; name a recording")
        features = hearer(model.card.hears).hear(read_audio(question.audio))
        source = torch.from_numpy(features)
        prompts = [heard_prompt(layout, each, len(source), language) for each in tasks]
    else:
        if not question.text:
            raise ValueError(f"{task} reads; give a text")
        asked = model.tokens.encode(question.text)
        prompts = [written_prompt(layout, each, asked, language) for each in tasks]
    return answer(model.lm, prompts, source, manner)


def write_speech(path: Path, answered: Answer, codec: Path) -> None:
    """Say an answer into a WAV file, 24 kHz."""
    soundfile.write(path, snac_decoder(codec)(answered.frames), TARGET_RATE_HZ)
