"""Prompts of the turn layout, as the released model was taught them."""

import pytest
import torch

from interp.models.omni.grid import GridLayout
from interp.models.omni.prompts import Turn, heard_prompt, written_prompt

LAYOUT = GridLayout()
EOT, PAD_T, INPUT_T, ANSWER_T, ASR = range(151_936, 151_941)
EOA, PAD_A, INPUT_A, ANSWER_A = range(4096, 4100)


@pytest.mark.parametrize(
    ("turn", "last_audio", "last_text"),
    [
        (Turn.A1A2, ANSWER_A, ANSWER_T),
        (Turn.A1T2, PAD_A, ANSWER_T),
        (Turn.A1T1, PAD_A, ASR),
    ],
)
def test_prompts_with_speech(turn: Turn, last_audio: int, last_text: int) -> None:
    ids = heard_prompt(LAYOUT, turn, heard=2)
    for row in range(7):
        assert ids[:, row].tolist() == [INPUT_A, PAD_A, PAD_A, EOA, last_audio]
    assert ids[:, 7].tolist() == [INPUT_T, PAD_T, PAD_T, EOT, last_text]


@pytest.mark.parametrize(("turn", "last_audio"), [(Turn.T1A2, ANSWER_A), (Turn.T1T2, PAD_A)])
def test_prompts_with_text(turn: Turn, last_audio: int) -> None:
    ids = written_prompt(LAYOUT, turn, [11, 12])
    assert torch.equal(ids[:, 0], ids[:, 6])
    assert ids[:, 0].tolist() == [PAD_A] * 4 + [last_audio]
    assert ids[:, 7].tolist() == [INPUT_T, 11, 12, EOT, ANSWER_T]


def test_a_task_refuses_the_wrong_kind_of_source() -> None:
    with pytest.raises(ValueError, match="hears nothing"):
        heard_prompt(LAYOUT, Turn.T1T2, 3)
    with pytest.raises(ValueError, match="reads nothing"):
        written_prompt(LAYOUT, Turn.A1T1, [1])
