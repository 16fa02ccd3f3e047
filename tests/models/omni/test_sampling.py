"""Sampling draws what its chances say, within its limits."""

import torch

from interp.models.omni.sampling import choose
from interp.models.omni.settings import Sampling

LOGITS = torch.log(torch.tensor([0.5, 0.3, 0.15, 0.05]))
EVEN = torch.linspace(0, 0.9999, 2000)


def shares(sampling: Sampling) -> list[float]:
    drawn = choose(LOGITS.expand(len(EVEN), 4), sampling, EVEN)
    return [float((drawn == i).float().mean()) for i in range(4)]


def close(found: list[float], wanted: list[float]) -> bool:
    return all(abs(a - b) < 0.01 for a, b in zip(found, wanted, strict=True))


def test_at_temperature_one_ids_come_as_often_as_their_chance() -> None:
    assert close(shares(Sampling(temperature=1.0, top_k=0)), [0.5, 0.3, 0.15, 0.05])


def test_top_k_and_top_p_cut_the_tail() -> None:
    assert close(shares(Sampling(temperature=1.0, top_k=2)), [0.625, 0.375, 0, 0])
    assert close(shares(Sampling(temperature=1.0, top_k=0, top_p=0.7)), [0.625, 0.375, 0, 0])


def test_low_temperature_sharpens_and_zero_is_greedy() -> None:
    assert shares(Sampling(temperature=0.5, top_k=0))[0] > 0.6
    assert shares(Sampling(temperature=0.0, top_k=0)) == [1, 0, 0, 0]
    assert shares(Sampling()) == [1, 0, 0, 0]


def test_an_impossible_id_is_never_chosen() -> None:
    logits = LOGITS.clone()
    logits[0] = -torch.inf
    drawn = choose(logits.expand(2000, 4), Sampling(temperature=1.0, top_k=0), EVEN)
    assert 0 not in drawn.tolist()


def test_the_repetition_guard_makes_recent_ids_rarer() -> None:
    logits = torch.tensor([[2.0, 1.9, -1.0]])
    recent = torch.tensor([[0]])
    guarded = Sampling(temperature=0.0, repetition=1.2)
    assert choose(logits, guarded, torch.zeros(1)).tolist() == [0]
    assert choose(logits, guarded, torch.zeros(1), recent).tolist() == [1]
