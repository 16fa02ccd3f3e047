"""READ and WRITE in the duplex layout, with a model whose text is planted."""

import pytest
import torch

from interp.core.translator import Wait
from interp.models.omni.duplex import (
    MOST_TOLD,
    UNTOLD,
    begins_of,
    follow,
    opening,
    told_k,
    wait_k,
)
from interp.models.omni.grid import TextSpecial
from interp.models.omni.lm import OmniLM
from tests.models.omni.tiny import compact_config, tiny_lm

GOES_ON = 3
"""The one piece that begins no word."""


def says(lm: OmniLM, *tokens: int) -> OmniLM:
    """The same, with these text ids above all others, the first of them highest."""
    with torch.no_grad():
        lm.text_head.weight.zero_()
        lm.text_head.bias.zero_()
        for place, token in enumerate(tokens):
            lm.text_head.bias[token] = 5.0 - place
    return lm


@pytest.fixture
def lm() -> OmniLM:
    return tiny_lm(compact_config(window=64))


def frames(lm: OmniLM, *tokens: int, unit: int = 2, k: int = 2, heard: int = 10) -> list[int]:
    layout = lm.config.layout
    source = torch.zeros(heard, lm.config.source_dim)
    begins = begins_of(layout, lambda token: token != GOES_ON, 11)
    told = opening(layout, None, k)
    written = follow(says(lm, *tokens), source, begins, told, wait_k(k, unit), most_after=4)
    assert {one.token for one in written} <= set(tokens)
    return [one.frame for one in written]


def test_a_word_a_unit_after_k_and_the_rest_when_all_was_heard(lm: OmniLM) -> None:
    assert frames(lm, 1) == [3, 5, 7, 9, 10, 11, 12, 13]


def test_a_word_that_was_begun_goes_on_at_once(lm: OmniLM) -> None:
    assert frames(lm, GOES_ON) == [*range(3, 14)]


def test_a_pad_says_that_a_word_is_over(lm: OmniLM) -> None:
    pad = lm.config.layout.text(TextSpecial.PAD)
    assert frames(lm, pad, GOES_ON, 1) == [3, 5, 7, 9, 10, 11, 12, 13]


def test_a_word_begins_with_a_piece_that_begins_one(lm: OmniLM) -> None:
    layout = lm.config.layout
    begins = begins_of(layout, lambda token: token != GOES_ON, 11)
    source = torch.zeros(10, lm.config.source_dim)
    model = says(lm, layout.text(TextSpecial.PAD), GOES_ON, 1)
    written = follow(model, source, begins, opening(layout, None), wait_k(2, 2), most_after=1)
    assert [one.token for one in written] == [GOES_ON, 1, 1, 1, 1]  # but for the very first


def test_an_end_while_the_source_goes_on_is_a_read(lm: OmniLM) -> None:
    assert frames(lm, lm.config.layout.text(TextSpecial.END)) == []


def test_the_opening_names_task_and_k(lm: OmniLM) -> None:
    layout = lm.config.layout
    asr = layout.text(TextSpecial.ASR)
    assert opening(layout, None) == (asr, layout.text(TextSpecial.WAIT))
    assert opening(layout, 1, 3) == (
        layout.text(TextSpecial.LANGUAGE, 1),
        layout.text(TextSpecial.WAIT, 3),
    )
    assert opening(layout, 0, 99)[1] == layout.text(TextSpecial.WAIT, MOST_TOLD)
    assert opening(layout, 0, 99)[1] < layout.text(TextSpecial.LANGUAGE)


@pytest.mark.parametrize(
    ("wait", "unit_frames", "k"),
    [
        (Wait(3, 512), 6, 3),
        (Wait(3, 256), 3, 3),
        (Wait(4, 256), 6, 2),
        (Wait(3, 500), 6, 3),
        (Wait(1, 100), 6, 1),
        (Wait(90, 512), 6, MOST_TOLD),
        (Wait(3, 512), 0, UNTOLD),
        (None, 6, UNTOLD),
    ],
)
def test_a_policy_is_told_in_the_units_that_the_model_learnt(
    wait: Wait | None, unit_frames: int, k: int
) -> None:
    assert told_k(wait, unit_frames) == k
