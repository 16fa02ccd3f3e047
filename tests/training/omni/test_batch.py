"""Rows of every task in one step lose what they lose alone."""

import pytest
import torch

from interp.models.omni.config import OmniConfig
from interp.models.omni.prompts import Task
from tests.models.omni.tiny import compact_config, released_config, tiny_lm
from training.omni.batch import alike, collate, hidden_of, lost
from training.omni.rows import Row, Sample, duplex_row, turn_row

CPU = torch.device("cpu")
FORMS = [released_config(), compact_config(window=64)]


def rows_of(config: OmniConfig) -> list[Row]:
    generator = torch.Generator().manual_seed(0)
    rows = []
    for number, task in enumerate(Task):
        source = torch.randn(2 + number % 3, config.source_dim, generator=generator)
        frames = torch.randint(config.layout.codes, (2 + number % 2, 7), generator=generator)
        language = 0 if task.translates else None
        told = tuple(range(1 + number % 4)) if task.writes else ()
        sample = Sample(task, (3, 4), source if task.hears else None, told, frames, language)
        rows.append(turn_row(config.layout, sample))
    heard = Sample(Task.ASR, (), torch.randn(6, config.source_dim, generator=generator), (1,))
    return [*rows, duplex_row(config.layout, heard, [2, 4])]


@pytest.mark.parametrize("config", FORMS, ids=["full", "compact"])
def test_a_row_sees_nothing_of_its_neighbours_nor_of_its_padding(config: OmniConfig) -> None:
    model, rows = tiny_lm(config), rows_of(config)
    together = hidden_of(model, collate(rows, config.layout, config.source_dim, CPU))
    for number, row in enumerate(rows):
        alone = hidden_of(model, collate([row], config.layout, config.source_dim, CPU))
        assert torch.allclose(together[number, : len(row.ids)], alone[0], atol=1e-5)


@pytest.mark.parametrize("config", FORMS, ids=["full", "compact"])
def test_the_loss_of_many_is_the_mean_over_their_tokens(config: OmniConfig) -> None:
    model, rows = tiny_lm(config), rows_of(config)
    each = [lost(model, [collate([row], config.layout, config.source_dim, CPU)]) for row in rows]
    all_of = lost(model, [collate(rows, config.layout, config.source_dim, CPU)])
    tokens = sum(one.tokens for one in each)
    assert all_of.tokens == tokens
    assert all_of.text == pytest.approx(sum(o.text * o.tokens for o in each) / tokens, rel=1e-4)
    assert all_of.codes == sum(one.codes for one in each)
    assert float(all_of.total.detach()) == pytest.approx(all_of.text + all_of.audio, rel=1e-5)


@pytest.mark.parametrize("config", FORMS, ids=["full", "compact"])
def test_rows_of_like_length_apart_lose_what_all_lose_together(config: OmniConfig) -> None:
    model, rows = tiny_lm(config), rows_of(config)
    parts = alike(rows, 3)
    assert [len(part) for part in parts] == [4, 4, 3]
    lengths = [len(row.ids) for part in parts for row in part]
    assert lengths == sorted(len(row.ids) for row in rows)
    apart = [collate(part, config.layout, config.source_dim, CPU) for part in parts]
    whole = [collate(rows, config.layout, config.source_dim, CPU)]
    assert sum(batch.ids.shape[:2].numel() for batch in apart) < whole[0].ids.shape[:2].numel()
    found, wanted = lost(model, apart), lost(model, whole)
    assert (found.text, found.audio) == pytest.approx((wanted.text, wanted.audio), rel=1e-5)


def test_a_row_of_weight_zero_teaches_nothing() -> None:
    config = FORMS[1]
    model, rows = tiny_lm(config), rows_of(config)
    quiet = [Row(r.ids, r.labels, r.source, r.first, r.replaces, 0.0) for r in rows[1:]]
    batch = collate([rows[0], *quiet], config.layout, config.source_dim, CPU)
    alone = collate(rows[:1], config.layout, config.source_dim, CPU)
    assert lost(model, [batch]).text == pytest.approx(lost(model, [alone]).text, rel=1e-4)


def test_speech_that_is_learnt_alone_leaves_the_text_head_alone() -> None:
    config = FORMS[1]
    model = tiny_lm(config)
    row = turn_row(config.layout, Sample(Task.TTS, (1,), None, (), torch.zeros(2, 7).long()))
    found = lost(model, [collate([row], config.layout, config.source_dim, CPU)])
    found.total.backward()  # type: ignore[no-untyped-call]
    gradient = model.text_head.weight.grad
    assert gradient is None or not gradient.any()
    assert model.codes.weight.grad is not None
    assert model.codes.weight.grad.any()
