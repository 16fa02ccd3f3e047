"""A hand-written row for every task: what is told, what is learnt, what is not."""

import pytest
import torch

from interp.models.omni.grid import GridLayout
from interp.models.omni.prompts import Task
from training.omni.rows import NO_LOSS, Row, Sample, duplex_row, turn_row

LAYOUT = GridLayout(text_tokens=50, codes=20, shifts=(1, 2, 3, 4, 5, 6, 7))
END, PAD, INPUT, ANSWER, ASR, TTS, TRANSLATE, WAIT = range(50, 58)
LANGUAGE_1 = 50 + 16 + 1
END_A, PAD_A, INPUT_A, ANSWER_A = range(20, 24)
SOURCE = torch.zeros(2, 3)
CODES = torch.arange(14).reshape(2, 7)
_ = NO_LOSS

STAIRCASE_0 = [PAD_A, 0, 7, END_A, *[PAD_A] * 6]
STAIRCASE_6 = [*[PAD_A] * 7, 6, 13, END_A]


def column(row: Row, number: int) -> tuple[list[int], list[int]]:
    return row.ids[:, number].tolist(), row.labels[:, number].tolist()


@pytest.mark.parametrize(
    ("task", "prompt"),
    [
        (Task.ASR, [INPUT, PAD, PAD, END, ASR]),
        (Task.A2T, [INPUT, PAD, PAD, END, ANSWER]),
        (Task.S2TT, [INPUT, PAD, PAD, END, TRANSLATE, LANGUAGE_1]),
        (Task.T2T, [INPUT, 7, 8, END, ANSWER]),
        (Task.T2TT, [INPUT, 7, 8, END, TRANSLATE, LANGUAGE_1]),
    ],
)
def test_where_text_is_wanted_the_answer_and_its_end_are_learnt(
    task: Task, prompt: list[int]
) -> None:
    language = 1 if task.translates else None
    row = turn_row(LAYOUT, Sample(task, (7, 8), SOURCE, (30, 31), language=language))
    ids, labels = column(row, 7)
    before = len(prompt) - 1
    assert ids == [*prompt, 30, 31]
    assert labels == [*[_] * before, 30, 31, END]
    assert bool((row.labels[:, :7] == _).all())


@pytest.mark.parametrize(
    ("task", "prompt"),
    [
        (Task.A2A, [INPUT, PAD, PAD, END, ANSWER]),
        (Task.S2ST, [INPUT, PAD, PAD, END, TRANSLATE, LANGUAGE_1]),
        (Task.T2A, [INPUT, 7, 8, END, ANSWER]),
        (Task.T2ST, [INPUT, 7, 8, END, TRANSLATE, LANGUAGE_1]),
    ],
)
def test_where_speech_is_wanted_too_the_staircase_and_the_ends_are_learnt(
    task: Task, prompt: list[int]
) -> None:
    language = 1 if task.translates else None
    row = turn_row(LAYOUT, Sample(task, (7, 8), SOURCE, (30, 31), CODES, language))
    before = len(prompt) - 1
    assert column(row, 7)[0] == [*prompt, 30, 31, END, *[PAD] * 6]
    assert column(row, 7)[1] == [*[_] * before, 30, 31, END, *[_] * 7]
    assert column(row, 0)[1] == [*[_] * before, *STAIRCASE_0]
    assert column(row, 6)[1] == [*[_] * before, *STAIRCASE_6]
    assert column(row, 6)[0][before:] == [ANSWER_A, *STAIRCASE_6[:-1]]


def test_text_that_outlasts_the_speech_has_no_codes_to_learn() -> None:
    told = tuple(range(30, 44))
    row = turn_row(LAYOUT, Sample(Task.T2A, (7,), None, told, CODES))
    assert column(row, 7)[1][3:] == [*told, END]
    assert column(row, 0)[1][3:] == [*STAIRCASE_0, *[_] * 5]


def test_speech_of_a_given_text_is_learnt_without_the_text() -> None:
    row = turn_row(LAYOUT, Sample(Task.TTS, (7, 8), None, (), CODES))
    ids, labels = column(row, 7)
    assert ids == [INPUT, 7, 8, END, TTS, *[PAD] * 9]
    assert labels == [_] * 14
    assert column(row, 0)[1] == [*[_] * 4, *STAIRCASE_0]


def test_features_stand_where_the_prompt_hears() -> None:
    row = turn_row(LAYOUT, Sample(Task.ASR, (), SOURCE, (30,)))
    assert (row.first, row.replaces) == (1, True)
    assert row.source is SOURCE


def test_a_task_without_its_source_is_refused() -> None:
    with pytest.raises(ValueError, match="needs what is heard"):
        turn_row(LAYOUT, Sample(Task.ASR, (), None, (1,)))
    with pytest.raises(ValueError, match="needs what is said"):
        turn_row(LAYOUT, Sample(Task.TTS, (1,)))


def test_a_duplex_row_writes_while_it_hears_and_learns_where_words_end() -> None:
    source = torch.zeros(8, 3)
    sample = Sample(Task.S2TT, (), source, (30, 31, 32), language=1)
    row = duplex_row(LAYOUT, sample, writes=[1, 4, 5, 7], k=2)
    ids, labels = column(row, 7)
    assert ids == [LANGUAGE_1, WAIT + 2, PAD, PAD, 30, PAD, PAD, 31, 32, PAD]
    assert labels == [_, _, _, 30, PAD, _, 31, 32, PAD, END]
    assert (row.first, row.replaces) == (2, False)
    assert bool((row.labels[:, :7] == _).all())


def test_what_is_due_after_a_cut_is_left_out() -> None:
    sample = Sample(Task.ASR, (), torch.zeros(3, 3), (30, 31))
    labels = column(duplex_row(LAYOUT, sample, writes=[1, 3, 5]), 7)[1]
    assert labels == [_, _, _, 30, PAD]


def test_two_tokens_in_a_frame_are_refused() -> None:
    with pytest.raises(ValueError, match="one token"):
        duplex_row(LAYOUT, Sample(Task.ASR, (), torch.zeros(3, 3), (30,)), writes=[1, 1])
