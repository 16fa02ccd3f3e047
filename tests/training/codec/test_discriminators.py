from dataclasses import replace

import torch

from training.codec.adversary import Adversary
from training.codec.discriminators import (
    DiscriminatorConfig,
    Judgement,
    adversarial_loss,
    build_discriminators,
    discriminator_loss,
    feature_loss,
)

CPU = torch.device("cpu")
SMALL = DiscriminatorConfig(periods=(2, 5), windows=(256,), channels=2, layers=3)


def test_every_period_and_window_has_a_judge_for_any_length() -> None:
    networks = build_discriminators(SMALL)
    for length in (1000, 1001, 1024):
        judged: list[Judgement] = [network(torch.randn(3, 1, length)) for network in networks]
        assert [len(j.scores) for j in judged] == [3, 3, 3]
        assert [len(j.features) for j in judged] == [3, 3, 3]


def test_losses_are_zero_where_everything_is_as_wanted() -> None:
    one, zero = torch.ones(2, 1, 4, 3), torch.zeros(2, 1, 4, 3)
    feature = [torch.randn(2, 3)]
    fooled, caught = Judgement(one, feature), Judgement(zero, feature)
    assert float(adversarial_loss([fooled])) == 0
    assert float(adversarial_loss([caught])) == 1
    assert float(discriminator_loss([caught], [fooled])) == 0
    assert float(feature_loss([fooled], [caught])) == 0


def test_demands_reach_the_decoder_but_not_the_judges() -> None:
    adversary = Adversary(replace(SMALL, learning_rate=1e-3), CPU)
    heard = torch.randn(1, 1, 512, requires_grad=True)
    asked = adversary.demand(heard, torch.randn(1, 1, 512))
    (asked.adversarial + asked.feature).backward()  # type: ignore[no-untyped-call]
    assert heard.grad is not None
    assert float(heard.grad.abs().sum()) > 0
    assert all(p.grad is None and p.requires_grad for p in adversary.networks.parameters())


def test_judges_learn_to_tell_a_tone_from_noise() -> None:
    torch.manual_seed(0)
    adversary = Adversary(replace(SMALL, learning_rate=5e-3), CPU)
    tone = torch.sin(torch.arange(512) / 3)[None, None]
    losses = [adversary.learn(torch.randn(1, 1, 512), tone) for _ in range(25)]
    assert losses[-1] < 0.5 * losses[0]
