"""What frames spell: the loss against a sum over all ways, and text that stands in for speech."""

import math
from dataclasses import replace
from itertools import groupby, product

import numpy as np
import pytest
import torch

from interp.models.omni.config import OmniConfig
from interp.models.omni.grid import TextSpecial
from interp.models.omni.lm import OmniLM
from interp.models.omni.prompts import Task
from tests.models.omni.tiny import compact_config, released_config, tiny_lm
from training.omni.batch import collate, hidden_of
from training.omni.config import TaskConfig
from training.omni.freeze import Part, let_learn, part_of
from training.omni.rows import Row, Sample, duplex_row, turn_row
from training.omni.schedule import FRAME_MS
from training.omni.spelling import ctc, read_off, spelt

CPU = torch.device("cpu")
CONFIGS = [
    replace(compact_config(window=64), spells=True),
    replace(released_config(), spells=True),
]


def sure(config_number: int = 0) -> OmniLM:
    """A model whose frames spell one id each, beyond doubt."""
    model = tiny_lm(CONFIGS[config_number])
    with torch.no_grad():
        model.whisper_adapter.proj.weight *= 1e4
    return model


def frames(model: OmniLM, count: int, seed: int = 1) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(count, model.config.source_dim, generator=generator)


@pytest.mark.parametrize("config", CONFIGS, ids=["compact", "full"])
def test_the_loss_is_minus_the_log_of_all_ways_to_spell_a_text(config: OmniConfig) -> None:
    model = tiny_lm(config)
    pad, source = config.layout.text(TextSpecial.PAD), frames(model, 4)
    chances = model.spelling(source).softmax(dim=-1)
    for told in ((3, 7), (5, 5), (2,)):
        found = 0.0
        for way in product({*told, pad}, repeat=len(source)):
            if [piece for piece, _ in groupby(way) if piece != pad] == [*told]:
                found += math.prod(
                    float(chances[frame, piece].detach()) for frame, piece in enumerate(way)
                )
        each = float(ctc(model, [source], [told]).detach())
        assert each == pytest.approx(-math.log(found) / len(told), rel=1e-4)


def test_many_lose_the_mean_of_their_pieces_whatever_their_lengths() -> None:
    model = tiny_lm(CONFIGS[0])
    sources = [frames(model, count, count) for count in (9, 4, 6)]
    told = [(1, 2, 3), (4,), (2, 2)]
    each = [
        float(ctc(model, [s], [t]).detach()) * len(t) for s, t in zip(sources, told, strict=True)
    ]
    together = float(ctc(model, sources, told).detach())
    assert together == pytest.approx(sum(each) / 6, rel=1e-4)


def test_too_few_frames_for_a_text_lose_nothing() -> None:
    model = tiny_lm(CONFIGS[0])
    assert float(ctc(model, [frames(model, 2)], [(1, 1)]).detach()) == 0.0


@pytest.mark.parametrize("config", CONFIGS, ids=["compact", "full"])
def test_only_the_adapter_learns_to_spell_where_the_text_stays(config: OmniConfig) -> None:
    model = tiny_lm(config).train()
    let_learn(model, [Part.ADAPTERS])
    loss = ctc(model, [frames(model, 6)], [(1, 2)])
    loss.backward()  # type: ignore[no-untyped-call]
    moved = {name for name, weight in model.named_parameters() if weight.grad is not None}
    assert moved
    assert {part_of(name) for name in moved} == {Part.ADAPTERS}


def test_what_frames_spell_is_each_run_of_pieces_once() -> None:
    model = tiny_lm(CONFIGS[0])
    source = frames(model, 40).repeat_interleave(2, dim=0)
    best = model.spelling(source).argmax(dim=-1).tolist()
    wanted = [piece for piece, _ in groupby(best) if piece < model.config.layout.text_tokens]
    assert read_off(model, source) == wanted
    assert 0 < len(wanted) < 40, "some of them are pads or others that are not text"


@pytest.mark.parametrize("number", [0, 1], ids=["compact", "full"])
def test_frames_that_are_sure_are_heard_as_if_they_had_been_read(number: int) -> None:
    model = sure(number)
    source = frames(model, 5)
    ids = model.spelling(source).argmax(dim=-1)
    assert torch.allclose(model.adapted(source), model.spelt(ids), atol=1e-4)
    layout = model.config.layout
    rows: list[tuple[Row, Row]] = []
    for heard in (source, ids):
        turn = turn_row(layout, Sample(Task.ASR, source=heard, told=(1, 2)))
        live = duplex_row(layout, Sample(Task.ASR, source=heard, told=(1,)), [2, 4])
        rows.append((turn, live))
    for speech, text in zip(*rows, strict=True):
        both = collate([speech, text], layout, model.config.source_dim, CPU)
        hidden = hidden_of(model, both)
        assert torch.allclose(hidden[0], hidden[1], atol=1e-3)
        assert torch.equal(both.labels[0], both.labels[1])


def test_a_text_is_spelt_in_order_with_pads_and_few_mistakes() -> None:
    rng = np.random.default_rng(0)
    told = (4, 1, 5, 2, 3)
    starts, pad = (True, False, True, True, False), 99
    right = 0
    lengths = set()
    for _ in range(300):
        made = spelt(told, starts, pad, 1000, rng)
        lengths.add(len(made.ids))
        read = [piece for piece, _ in groupby(made.ids.tolist()) if piece != pad]
        right += read == [*told]
        assert len(made.ends) == 3
        assert all(0 < end <= len(made.ids) for end in made.ends)
        assert list(made.ends) == sorted(set(made.ends))
        if read == [*told]:
            firsts = made.ids[: made.ends[0]].tolist()
            assert [piece for piece, _ in groupby(firsts) if piece != pad] == [4, 1]
    assert 150 < right < 290, "a tenth at most of the pieces is wrong, in some texts none"
    assert len(lengths) > 10
    heard = made.heard((0, 1, 2))
    assert heard.frames == len(made.ids)
    assert heard.word_ends_ms[-1] == round(made.ends[-1] * FRAME_MS)


def test_ways_of_learning_that_do_not_go_together_are_refused() -> None:
    assert TaskConfig("asr", ctc=True).ctc
    assert TaskConfig("s2tt", spelt=True, duplex=True).spelt
    for wrong in ({"task": "s2tt", "ctc": True}, {"task": "asr", "ctc": True, "duplex": True}):
        with pytest.raises(ValueError, match="ctc"):
            TaskConfig(**wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="spelt"):
        TaskConfig("t2tt", spelt=True)
