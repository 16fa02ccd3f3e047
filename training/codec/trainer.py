"""One phase of codec training as a value: a step changes it, a file holds it."""

import math
from pathlib import Path
from typing import Any, TypeAlias

import torch
from safetensors.torch import load_file
from torch import nn

from interp.models.snac import build_snac, write_weights
from training.codec.adversary import Adversary
from training.codec.codebooks import Codebooks, CodebookState
from training.codec.config import CodecConfig, RunConfig
from training.codec.crops import Crops
from training.codec.fast import speed_up
from training.codec.hint import Hint
from training.codec.init import scale_to_data
from training.codec.losses import MelLoss
from training.codec.quantise import Quantised

BETAS = (0.8, 0.99)
FIRST_BATCH = 8

Measured: TypeAlias = dict[str, torch.Tensor | float]


class Trainer:
    """Codec, codebooks and optimisers after `step` steps."""

    def __init__(self, config: CodecConfig) -> None:
        run = config.run
        torch.manual_seed(run.seed)
        torch.set_num_threads(run.threads)
        self.config = config
        self.step = 0
        self.device = torch.device(run.device)
        self._crops = Crops(
            config.data.speech, config.data.shards, config.data.crop_samples, run.seed
        )
        self.model = self._start().to(self.device)
        self.codebooks = Codebooks(
            self.model, config.model.vq_strides, config.codebook, run.seed, frozen=run.frozen
        )
        self.codebooks.state.filled = bool(run.start)
        self._encoder = self.model.get_submodule("encoder")
        self._decoder = self.model.get_submodule("decoder")
        self._mel = MelLoss(config.model.sampling_rate).to(self.device)
        learner = self._decoder if run.frozen else self.model
        self._learning = [p for p in learner.parameters() if p.requires_grad]
        self._optimiser = torch.optim.Adam(self._learning, betas=BETAS, fused=True)
        self._hint = Hint(config.model.sampling_rate, config.model.latent_dim).to(self.device)
        self._hint_optimiser = torch.optim.Adam(
            self._hint.parameters(), run.learning_rate, betas=BETAS, fused=True
        )
        self._adversary = (
            Adversary(config.discriminators, run.learning_rate, self.device)
            if run.adversarial
            else None
        )

    def _start(self) -> nn.Module:
        """The codec before the first step."""
        model, run = build_snac(self.config.model), self.config.run
        if run.start:
            model.load_state_dict(load_file(Path(run.start) / "model.safetensors"))
        else:
            first = self._crops.batch(0, FIRST_BATCH)
            scale_to_data(model, self.config.model.vq_strides, first)
        if run.kernels:
            speed_up(model)
        return model

    def train_step(self) -> dict[str, float]:
        """One batch; what it measured, by name."""
        weights, rate = self.config.loss, rate_at(self.step, self.config.run)
        wanted = self._crops.batch(self.step, self.config.data.batch).to(self.device)
        batch = self._quantised(wanted)
        measured: Measured = {"loss/commitment": batch.commitment}
        loss = weights.commitment * batch.commitment + self._sound_loss(batch.z, wanted, measured)
        if weights.hint:
            measured["loss/hint"] = hint = self._hint(batch.z, wanted)
            loss = loss + weights.hint * hint
        self._optimiser.zero_grad(set_to_none=True)
        self._hint_optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        measured["gradient"] = nn.utils.clip_grad_norm_(self._learning, self.config.run.clip)
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        self._optimiser.step()
        self._hint_optimiser.step()
        revived = self.codebooks.after_step(batch, self.step)
        self.step += 1
        measured |= {"loss/codebook": batch.codebook, "rate": rate, "revived": revived}
        return {name: float(torch.as_tensor(value).detach()) for name, value in measured.items()}

    def _sound_loss(
        self, z: torch.Tensor, wanted: torch.Tensor, measured: Measured
    ) -> torch.Tensor:
        """Loss of what the decoder makes of z; the discriminators learn from it too."""
        weights = self.config.loss
        heard = self._decoder(z)
        measured["loss/mel"] = mel = self._mel(heard, wanted)
        loss: torch.Tensor = weights.mel * mel
        if self._adversary:
            measured["loss/discriminator"] = self._adversary.learn(heard, wanted)
            asked = self._adversary.demand(heard, wanted)
            measured |= {"loss/adversarial": asked.adversarial, "loss/feature": asked.feature}
            loss = loss + weights.adversarial * asked.adversarial + weights.feature * asked.feature
        return loss

    def _quantised(self, wanted: torch.Tensor) -> Quantised:
        if not self.config.run.frozen:
            return self.codebooks.quantise(self._encoder(wanted), self.step)
        with torch.no_grad():
            return self.codebooks.quantise(self._encoder(wanted), self.step)

    def save(self) -> None:
        """Write the state for going on, and the weights for use; both replace the last ones."""
        folder = self.config.run.folder
        folder.mkdir(parents=True, exist_ok=True)
        state: dict[str, Any] = {
            "step": self.step,
            "model": self.model.state_dict(),
            "optimiser": self._optimiser.state_dict(),
            "filled": self.codebooks.state.filled,
            "memory": self.codebooks.state.memory,
            "hint": self._hint.state_dict(),
            "hint_optimiser": self._hint_optimiser.state_dict(),
        }
        if self._adversary:
            state["discriminators"] = self._adversary.networks.state_dict()
            state["their_optimiser"] = self._adversary.optimiser.state_dict()
        partial = folder / "last.partial"
        torch.save(state, partial)
        partial.rename(folder / "last.pt")
        write_weights(self.model, self.config.model, folder / "weights", torch.float32)

    def resume(self) -> bool:
        """Take up the last saved state of the folder; False where there is none."""
        path = self.config.run.folder / "last.pt"
        if not path.exists():
            return False
        state = torch.load(path, map_location=self.device, weights_only=True)
        self.step = state["step"]
        self.model.load_state_dict(state["model"])
        self._optimiser.load_state_dict(state["optimiser"])
        self.codebooks.state = CodebookState(state["filled"], state["memory"])
        self._hint.load_state_dict(state["hint"])
        self._hint_optimiser.load_state_dict(state["hint_optimiser"])
        if self._adversary:
            self._adversary.networks.load_state_dict(state["discriminators"])
            self._adversary.optimiser.load_state_dict(state["their_optimiser"])
        return True


def rate_at(step: int, run: RunConfig) -> float:
    """Learning rate: linear warm-up, then a cosine down to the final rate."""
    if step < run.warmup_steps:
        return run.learning_rate * (step + 1) / run.warmup_steps
    done = min(1.0, (step - run.warmup_steps) / max(1, run.steps - run.warmup_steps))
    share = (1 + math.cos(math.pi * done)) / 2
    return run.final_rate + (run.learning_rate - run.final_rate) * share
