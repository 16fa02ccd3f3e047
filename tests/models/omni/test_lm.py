"""The LM: steps with a state equal one whole pass; lanes do not touch each other."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from interp.models.omni.config import OmniConfig
from interp.models.omni.lm import Heard, OmniLM, Teacher
from tests.models.omni.tiny import compact_config, released_config, tiny_lm

CONFIGS = [released_config(), compact_config()]


def ids_for(config: OmniConfig, lanes: int, steps: int, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    audio = torch.randint(config.layout.audio_vocab, (lanes, steps, 7), generator=generator)
    text = torch.randint(config.layout.text_vocab, (lanes, steps, 1), generator=generator)
    return torch.cat((audio, text), dim=-1)


def hidden_of(lm: OmniLM, x: Tensor, splits: list[int]) -> Tensor:
    state = lm.init_state(x.shape[0], longest_call=max(splits))
    parts = torch.split(x, splits, dim=1)
    return torch.cat([lm(part, state) for part in parts], dim=1)


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize("splits", [[1] * 20, [7, 13], [4, 1, 9, 1, 1, 4]])
def test_steps_with_a_state_equal_one_whole_pass(config: OmniConfig, splits: list[int]) -> None:
    lm = tiny_lm(config)
    x = lm.embed(ids_for(config, 2, 20)).detach()
    with torch.inference_mode():
        assert torch.allclose(hidden_of(lm, x, splits), lm(x), atol=1e-5)


def test_a_step_does_not_see_past_its_window() -> None:
    lm = tiny_lm(compact_config(window=3))
    x = lm.embed(ids_for(lm.config, 1, 12)).detach()
    changed = x.clone()
    changed[:, 0] += 1.0
    moved = (lm(x) - lm(changed)).abs().amax(dim=-1)[0]
    reach = lm.config.layers * (lm.config.window - 1)
    assert moved[reach] > 0
    assert bool((moved[reach + 1 :] == 0).all())


def test_inactive_lanes_keep_their_state_and_active_ones_are_not_disturbed() -> None:
    lm = tiny_lm(compact_config())
    x = lm.embed(ids_for(lm.config, 3, 10)).detach()
    state = lm.init_state(3)
    turns = [[0, 1, 2], [0, 2], [2], [0, 1], [0, 2], [1], [0, 1, 2]]
    done = [0, 0, 0]
    with torch.inference_mode():
        alone = lm(x)
        for lanes in turns:
            step = torch.stack([x[lane, done[lane]] for lane in range(3)])[:, None]
            active = torch.tensor([lane in lanes for lane in range(3)])
            hidden = lm(step, state, active)
            for lane in lanes:
                assert torch.allclose(hidden[lane, 0], alone[lane, done[lane]], atol=1e-5)
                done[lane] += 1
    assert state.steps.tolist() == done


def test_a_reset_lane_starts_anew_and_the_others_go_on() -> None:
    lm = tiny_lm(compact_config())
    x = lm.embed(ids_for(lm.config, 2, 8)).detach()
    state = lm.init_state(2)
    with torch.inference_mode():
        alone = lm(x)
        for step in range(4):
            lm(x[:, step : step + 1], state)
        state.reset(torch.tensor([0]))
        hidden = lm(torch.stack((x[0, :1], x[1, 4:5])), state)
    assert torch.allclose(hidden[0, 0], alone[0, 0], atol=1e-5)
    assert torch.allclose(hidden[1, 0], alone[1, 4], atol=1e-5)


@pytest.mark.parametrize("config", CONFIGS)
def test_later_steps_do_not_reach_earlier_ones(config: OmniConfig) -> None:
    lm = tiny_lm(config)
    x = lm.embed(ids_for(config, 1, 6)).detach()
    changed = x.clone()
    changed[:, 4:] += 1.0
    assert torch.equal(lm(x)[:, :4], lm(changed)[:, :4])
    assert not torch.allclose(lm(x)[:, 4:], lm(changed)[:, 4:])


def test_the_embedding_is_the_mean_of_eight_streams() -> None:
    lm = tiny_lm(released_config())
    ids = ids_for(lm.config, 1, 1)
    table = lm.lm_head.weight
    rows = [table[at] for at in lm.config.layout.absolute(ids)[0, 0]]
    assert torch.allclose(lm.embed(ids)[0, 0], torch.stack(rows).mean(dim=0), atol=1e-6)


@pytest.mark.parametrize("config", CONFIGS)
def test_heard_features_stand_for_the_seven_audio_rows_but_not_for_the_text(
    config: OmniConfig,
) -> None:
    lm = tiny_lm(config)
    ids = ids_for(config, 1, 5)
    features = torch.randn(1, 5, config.source_dim, generator=torch.Generator().manual_seed(1))
    heard = Heard(features, torch.tensor([[False, True, True, False, False]]))
    x = lm.embed(ids, heard)
    other = ids.clone()
    other[:, 1:3, :7] = 0
    assert torch.equal(lm.embed(other, heard), x)
    # the text's share of a step: what the mean changes by when the text does
    retold = ids.clone()
    retold[..., 7] = 1
    change = lm.embed(retold) - lm.embed(ids)
    assert torch.allclose(lm.embed(retold, heard) - x, change, atol=1e-6)
    silent = lm.embed(ids, Heard(torch.zeros_like(features), heard.at))
    adapted = lm.whisper_adapter(features)
    assert torch.allclose(x[:, 1:3], silent[:, 1:3] + 7 * adapted[:, 1:3] / 8, atol=1e-6)
    assert torch.equal(x[:, [0, 3, 4]], lm.embed(ids)[:, [0, 3, 4]])


@pytest.mark.parametrize("config", CONFIGS)
def test_a_model_that_spells_hears_the_texts_vectors_as_likely_as_each_is(
    config: OmniConfig,
) -> None:
    lm = tiny_lm(replace(config, spells=True))
    features = torch.randn(2, 3, config.source_dim, generator=torch.Generator().manual_seed(1))
    vectors = lm.text_vectors
    wanted = torch.zeros(2, 3, config.dim)
    for lane in range(2):
        for step in range(3):
            agree = (vectors * lm.whisper_adapter(features[lane, step])).sum(dim=-1).exp()
            wanted[lane, step] = (agree[:, None] * vectors).sum(dim=0) / agree.sum() / 7
    assert torch.allclose(lm.adapted(features), wanted, atol=1e-5)
    plain = OmniLM(config)
    plain.load_state_dict(lm.state_dict())
    assert torch.equal(plain.adapted(features), lm.whisper_adapter(features))
    ids = ids_for(config, 2, 3)
    heard = lm.embed_duplex(ids, features) - lm.embed(ids)
    assert torch.allclose(heard, wanted, atol=1e-5)


def test_prompts_of_different_length_share_a_call() -> None:
    lm = tiny_lm(compact_config(window=8))
    ids = ids_for(lm.config, 2, 6)
    features = torch.randn(2, 6, lm.config.source_dim, generator=torch.Generator().manual_seed(1))
    at = torch.tensor([[False, True, True, True, False, False], [False, True] + [False] * 4])
    both = lm(lm.embed(ids, Heard(features, at)))
    alone = lm(lm.embed(ids[1:, :4], Heard(features[1:, :4], at[1:, :4])))
    assert torch.allclose(both[1, :4], alone[0], atol=1e-5)


def test_a_chained_row_is_told_the_rows_before_it_and_not_those_after() -> None:
    lm = tiny_lm(compact_config())
    hidden = torch.randn(1, lm.config.dim, generator=torch.Generator().manual_seed(2))
    first = Teacher(torch.zeros(1, 7, dtype=torch.int64), [])
    second = Teacher(torch.tensor([[0, 0, 0, 5, 0, 0, 0]]), [])
    lm.codes_by(hidden, first)
    lm.codes_by(hidden, second)
    same = [torch.equal(a, b) for a, b in zip(first.logits, second.logits, strict=True)]
    assert same == [True] * 4 + [False] * 3


@pytest.mark.parametrize("config", CONFIGS)
def test_each_row_has_logits_of_its_own_size(config: OmniConfig) -> None:
    lm = tiny_lm(config)
    hidden = torch.zeros(2, 3, config.dim)
    teacher = Teacher(torch.zeros(2, 3, 7, dtype=torch.int64), [])
    assert lm.codes_by(hidden, teacher).shape == (2, 3, 7)
    assert [logits.shape[-1] for logits in teacher.logits] == [config.layout.audio_vocab] * 7
    assert lm.text_logits(hidden).shape == (2, 3, config.layout.text_vocab)


def test_a_call_longer_than_the_state_allows_is_refused() -> None:
    lm = tiny_lm(compact_config())
    state = lm.init_state(1, longest_call=2)
    with pytest.raises(AssertionError, match="too many"):
        lm(torch.zeros(1, 3, lm.config.dim), state)


def test_similar_code_vectors_start_similar() -> None:
    lm = tiny_lm(compact_config())
    near = torch.randn(1, 8, generator=torch.Generator().manual_seed(3))
    codebook = torch.cat((near, near * 1.001, -near, near.flip(-1)))
    lm.codes.start_from([codebook] * 3, torch.Generator().manual_seed(4))
    table = lm.codes.of_row(0)
    assert (table[0] - table[1]).norm() < 0.01 * (table[0] - table[2]).norm()
