"""Frozen parts stay as they are, to the bit, in both forms of the model."""

import pytest
import torch

from interp.models.omni.config import OmniConfig
from interp.models.omni.prompts import Task
from tests.models.omni.tiny import compact_config, released_config, tiny_lm
from training.averaged import decayed
from training.omni.batch import collate, lost
from training.omni.freeze import Part, let_learn, part_of, parts
from training.omni.rows import Sample, turn_row

FORMS = {
    "tied": released_config(),
    "untied": released_config(tied=False),
    "compact": compact_config(window=64),
}


@pytest.mark.parametrize("config", FORMS.values(), ids=FORMS.keys())
@pytest.mark.parametrize(
    "learn",
    [{Part.ADAPTERS, Part.AUDIO}, {Part.TEXT, Part.TRUNK}, {Part.ADAPTERS}, set(Part)],
    ids=["alignment", "adaptation", "adapters", "all"],
)
def test_only_what_learns_moves(config: OmniConfig, learn: set[Part]) -> None:
    model = tiny_lm(config).train()
    let_learn(model, learn)
    optimiser = torch.optim.AdamW(decayed(model, 0.1), lr=0.1)
    before = [(part, tensor.clone()) for part, tensor in parts(model)]
    sample = Sample(
        Task.S2ST,
        source=torch.randn(3, config.source_dim),
        told=(1, 2),
        frames=torch.ones(3, 7, dtype=torch.int64),
        language=0,
    )
    batch = collate(
        [turn_row(config.layout, sample)], config.layout, config.source_dim, torch.device("cpu")
    )
    for _ in range(3):
        optimiser.zero_grad()
        lost(model, [batch]).total.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    moved = dict.fromkeys(Part, False)
    for (part, old), (_, new) in zip(before, parts(model), strict=True):
        moved[part] |= not torch.equal(old, new)
    assert {part for part, has in moved.items() if has} == learn


def test_every_weight_has_a_part() -> None:
    for config in FORMS.values():
        model = tiny_lm(config)
        tables = [name for name, _ in model.named_parameters() if part_of(name) is None]
        assert len(tables) == (0 if config.code_rank else 1 if config.tied else 2)
        assert {part for part, _ in parts(model)} == set(Part)
