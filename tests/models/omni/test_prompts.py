"""Prompts of the turn layout, as the released model was taught them."""

import pytest
import torch

from interp.models.omni.grid import GridLayout, TextSpecial
from interp.models.omni.prompts import Task, heard_prompt, written_prompt

LAYOUT = GridLayout()
EOT, PAD_T, INPUT_T, ANSWER_T, ASR = range(151_936, 151_941)
EOA, PAD_A, INPUT_A, ANSWER_A = range(4096, 4100)


@pytest.mark.parametrize(
    ("task", "last_audio", "last_text"),
    [
        (Task.A2A, ANSWER_A, ANSWER_T),
        (Task.A2T, PAD_A, ANSWER_T),
        (Task.ASR, PAD_A, ASR),
    ],
)
def test_prompts_with_speech(task: Task, last_audio: int, last_text: int) -> None:
    ids = heard_prompt(LAYOUT, task, heard=2).ids
    for row in range(7):
        assert ids[:, row].tolist() == [INPUT_A, PAD_A, PAD_A, EOA, last_audio]
    assert ids[:, 7].tolist() == [INPUT_T, PAD_T, PAD_T, EOT, last_text]


@pytest.mark.parametrize(("task", "last_audio"), [(Task.T2A, ANSWER_A), (Task.T2T, PAD_A)])
def test_prompts_with_text(task: Task, last_audio: int) -> None:
    ids = written_prompt(LAYOUT, task, [11, 12]).ids
    assert torch.equal(ids[:, 0], ids[:, 6])
    assert ids[:, 0].tolist() == [PAD_A] * 4 + [last_audio]
    assert ids[:, 7].tolist() == [INPUT_T, 11, 12, EOT, ANSWER_T]


def test_a_task_refuses_the_wrong_kind_of_source() -> None:
    with pytest.raises(ValueError, match="hears nothing"):
        heard_prompt(LAYOUT, Task.T2T, 3)
    with pytest.raises(ValueError, match="reads nothing"):
        written_prompt(LAYOUT, Task.ASR, [1])


def test_a_translation_names_its_language_behind_its_task() -> None:
    translate, second = LAYOUT.text(TextSpecial.TRANSLATE), LAYOUT.text(TextSpecial.LANGUAGE, 1)
    spoken = heard_prompt(LAYOUT, Task.S2ST, 1, language=1).ids
    assert spoken[:, 7].tolist() == [INPUT_T, PAD_T, EOT, translate, second]
    assert spoken[:, 0].tolist() == [INPUT_A, PAD_A, EOA, PAD_A, ANSWER_A]
    written = written_prompt(LAYOUT, Task.T2TT, [11], language=1).ids
    assert written[:, 7].tolist() == [INPUT_T, 11, EOT, translate, second]
    assert written[:, 0].tolist() == [PAD_A] * 5


@pytest.mark.parametrize(("task", "language"), [(Task.T2TT, None), (Task.T2T, 0)])
def test_a_language_is_named_by_translations_and_only_by_them(
    task: Task, language: int | None
) -> None:
    with pytest.raises(ValueError, match="a language is named"):
        written_prompt(LAYOUT, task, [1], language)


def test_speech_to_say_is_marked() -> None:
    ids = written_prompt(LAYOUT, Task.TTS, [11]).ids
    assert ids[-1].tolist() == [ANSWER_A] * 7 + [LAYOUT.text(TextSpecial.TTS)]
