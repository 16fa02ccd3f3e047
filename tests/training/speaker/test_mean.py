"""Between a speaker and what it became."""

from copy import deepcopy

import numpy as np
import pytest
import torch

from interp.models.voice.network import SpeakerNet
from tests.models.voice.tiny import tiny_net
from tests.training.speaker.made_up import corpus
from tests.training.speaker.test_speak import MODEL, SPEAK, task
from training.speaker.mean import between, unheard_loss


def learnt(net: SpeakerNet, steps: int) -> SpeakerNet:
    """A copy that has learnt the task for so many steps."""
    net = deepcopy(net).train()
    lesson, rng = task(), np.random.default_rng(0)
    optimizer = torch.optim.AdamW(net.parameters(), lr=3e-3)
    for _ in range(steps):
        optimizer.zero_grad()
        torch.autograd.backward(lesson.measure(net, rng).loss)
        optimizer.step()
    return net.eval()


def test_between_two_speakers_lie_their_weights_and_what_they_know() -> None:
    torch.manual_seed(0)
    speech = corpus(20)
    before = SpeakerNet(MODEL.speaker(speech)).eval()
    after = learnt(before, 30)
    half = between(before, after, 0.5)
    for name, value in half.state_dict().items():
        torch.testing.assert_close(
            value, (before.state_dict()[name] + after.state_dict()[name]) / 2
        )
    unheard = corpus(20, seed=1)
    losses = [
        unheard_loss(net, unheard, SPEAK)["codes"]
        for net in (between(before, after, 0.0), half, between(before, after, 1.0))
    ]
    assert losses == [unheard_loss(net, unheard, SPEAK)["codes"] for net in (before, half, after)]
    assert losses[0] > losses[1] > losses[2]


def test_speakers_of_other_shapes_have_nothing_between_them() -> None:
    with pytest.raises(ValueError, match="not of one shape"):
        between(tiny_net(), SpeakerNet(MODEL.speaker(corpus(2))), 0.5)
