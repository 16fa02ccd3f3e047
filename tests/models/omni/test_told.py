"""A translator whose model is told how far its policy stays behind."""

import numpy as np
import pytest
import torch

from interp.core.translator import Ask, DecodeStep, EncodeStep, Hypothesis, Wait
from interp.models.omni.duplex import opening
from interp.models.omni.heads import CompactTable
from interp.models.omni.hearing import MelHearer
from interp.models.omni.release import Omni, OmniCard
from interp.models.omni.translator import OmniTranslator
from tests.models.omni.tiny import Letters, compact_config, tiny_lm

NOISE = np.random.default_rng(0).normal(0, 0.1, 16_000).astype(np.float32)
TWO, FOUR = Wait(2, 512), Wait(4, 512)


@pytest.fixture
def model() -> Omni:
    tokens = Letters()
    config = compact_config(window=600, text_tokens=tokens.count, source_dim=MelHearer.dim)
    lm = tiny_lm(config, seed=1)
    table = lm.transformer["wte"]
    assert isinstance(table, CompactTable)
    with torch.no_grad():
        for k in range(8):  # what it was told is heard in all that it says
            table.text.weight[opening(config.layout, None, k)[1], k] += 20.0
    return Omni(OmniCard(config, ("en",), "mel", pairs=("en-en",), unit_frames=6), lm, tokens)


def writes(model: Omni, *waits: Wait | None) -> list[Hypothesis]:
    """What is guessed of a segment when policies with these distances ask, one after the other."""
    translator = OmniTranslator(model, MelHearer())
    source = translator.init_source()
    target = translator.init_target(source, "en", "en", "")
    translator.encode([EncodeStep(source, NOISE, finished=False)])
    return [
        translator.decode([DecodeStep(target, Ask(3), 0, finished=False, wait=wait)])[0]
        for wait in waits
    ]


def test_it_writes_as_it_was_told(model: Omni) -> None:
    (untold,), (two,), (four,) = (writes(model, wait) for wait in (None, TWO, FOUR))
    assert untold != two != four != untold
    assert writes(model, Wait(4, 256)) == [two]


def test_what_was_told_first_stays(model: Omni) -> None:
    (two, *_) = writes(model, TWO)
    assert writes(model, TWO, FOUR, None) == [two] * 3


def test_a_step_that_listens_tells_as_well(model: Omni) -> None:
    translator = OmniTranslator(model, MelHearer())
    source = translator.init_source()
    target = translator.init_target(source, "en", "en", "")
    translator.decode([DecodeStep(target, Ask(0), 0, finished=False, wait=TWO)])
    translator.encode([EncodeStep(source, NOISE, finished=False)])
    found = translator.decode([DecodeStep(target, Ask(3), 0, finished=False, wait=FOUR)])
    assert found == writes(model, TWO)
