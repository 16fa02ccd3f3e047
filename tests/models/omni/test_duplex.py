"""READ and WRITE in the duplex layout, with a model whose text is planted."""

import pytest
import torch

from interp.models.omni.duplex import follow, wait_k
from interp.models.omni.grid import TextSpecial
from interp.models.omni.lm import OmniLM
from tests.models.omni.tiny import compact_config, tiny_lm


def says(lm: OmniLM, token: int) -> OmniLM:
    """The same, with one text id above all others."""
    with torch.no_grad():
        lm.text_head.weight.zero_()
        lm.text_head.bias.zero_()
        lm.text_head.bias[token] = 5.0
    return lm


@pytest.fixture
def lm() -> OmniLM:
    return tiny_lm(compact_config(window=64))


def frames(lm: OmniLM, token: int, unit: int = 2, k: int = 2, heard: int = 10) -> list[int]:
    source = torch.zeros(heard, lm.config.source_dim)
    asr = lm.config.layout.text(TextSpecial.ASR)
    written = follow(says(lm, token), source, asr, lambda t: t != 3, wait_k(k, unit), most_after=4)
    assert {one.token for one in written} <= {token}
    return [one.frame for one in written]


def test_a_word_a_unit_after_k_and_the_rest_when_all_was_heard(lm: OmniLM) -> None:
    assert frames(lm, token=1) == [3, 5, 7, 9, 10, 11, 12, 13]


def test_a_word_that_was_begun_goes_on(lm: OmniLM) -> None:
    assert frames(lm, token=3) == [*range(3, 14)]


def test_an_end_while_the_source_goes_on_is_a_read(lm: OmniLM) -> None:
    assert frames(lm, token=lm.config.layout.text(TextSpecial.END)) == []


def test_no_other_special_is_written(lm: OmniLM) -> None:
    pad = lm.config.layout.text(TextSpecial.PAD)
    source = torch.zeros(4, lm.config.source_dim)
    written = follow(says(lm, pad), source, pad, lambda t: True, wait_k(1, 1), most_after=2)
    assert all(one.token < lm.config.layout.text_tokens for one in written)
