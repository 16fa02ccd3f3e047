"""The opponent of the second phase: discriminators, their optimiser, what they ask for."""

from dataclasses import dataclass

import torch
from torch import Tensor

from training.codec.discriminators import (
    DiscriminatorConfig,
    adversarial_loss,
    build_discriminators,
    discriminator_loss,
    feature_loss,
)


@dataclass(slots=True)
class Demand:
    """The two terms of the generator's loss."""

    adversarial: Tensor
    feature: Tensor


class Adversary:
    """Discriminators that learn one step for each step of the codec."""

    def __init__(self, config: DiscriminatorConfig, device: torch.device) -> None:
        self.networks = build_discriminators(config).to(device)
        self.optimiser = torch.optim.Adam(
            self.networks.parameters(), config.learning_rate, betas=(0.8, 0.99), fused=True
        )

    def learn(self, heard: Tensor, wanted: Tensor) -> float:
        """Tell decoded speech from the original, both [batch, 1, sample]; returns the loss."""
        decoded = heard.detach()
        loss = discriminator_loss(
            [network(decoded) for network in self.networks],
            [network(wanted) for network in self.networks],
        )
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimiser.step()
        return float(loss.detach())

    def demand(self, heard: Tensor, wanted: Tensor) -> Demand:
        """What the decoder is to change, with gradients to `heard` only."""
        self.networks.requires_grad_(False)
        judged = [network(heard) for network in self.networks]
        with torch.no_grad():
            original = [network(wanted) for network in self.networks]
        self.networks.requires_grad_(True)
        return Demand(adversarial_loss(judged), feature_loss(judged, original))
