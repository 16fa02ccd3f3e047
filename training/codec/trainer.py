"""One phase of codec training as a value: a step changes it, a file holds it."""

from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import nn

from interp.models.snac import build_snac, write_weights
from training.codec.codebooks import Codebooks, CodebookState
from training.codec.config import CodecConfig
from training.codec.crops import Crops
from training.codec.fast import speed_up
from training.codec.init import scale_to_data
from training.codec.phases import Measured, phase_of
from training.codec.quantise import Quantised
from training.run import rate_at

BETAS = (0.8, 0.99)
FIRST_BATCH = 8


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
        self.phase = phase_of(self.model, config, self.device)
        self.codebooks = Codebooks(
            self.model,
            config.model.vq_strides,
            config.codebook,
            run.seed,
            frozen=not self.phase.codes_learn,
        )
        self.codebooks.state.filled = bool(run.start)
        self._encoder = self.model.get_submodule("encoder")
        self._learning = list(self.phase.learning())
        self._optimiser = torch.optim.Adam(self._learning, betas=BETAS, fused=True)

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
        rate = rate_at(self.step, self.config.run)
        wanted = self._crops.batch(self.step, self.config.data.batch).to(self.device)
        batch = self.quantised(wanted)
        measured: Measured = {"loss/codebook": batch.codebook, "rate": rate}
        loss = self.phase.loss(batch, wanted, measured)
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        measured["gradient"] = nn.utils.clip_grad_norm_(self._learning, self.config.run.clip)
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        self._optimiser.step()
        measured["revived"] = self.codebooks.after_step(batch, self.step)
        self.step += 1
        return {name: float(torch.as_tensor(value).detach()) for name, value in measured.items()}

    def quantised(self, wanted: torch.Tensor) -> Quantised:
        """wanted [batch, 1, sample] through encoder and codebooks as they are at this step."""
        with torch.set_grad_enabled(self.phase.codes_learn and torch.is_grad_enabled()):
            return self.codebooks.quantise(self._encoder(wanted), self.step)

    def state(self) -> dict[str, Any]:
        """As Learner.state."""
        return {
            "model": self.model.state_dict(),
            "optimiser": self._optimiser.state_dict(),
            "filled": self.codebooks.state.filled,
            "memory": self.codebooks.state.memory,
            "phase": self.phase.state(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """As Learner.restore."""
        self.model.load_state_dict(state["model"])
        self._optimiser.load_state_dict(state["optimiser"])
        self.codebooks.state = CodebookState(state["filled"], state["memory"])
        self.phase.load(state["phase"])

    def export(self, folder: Path) -> None:
        """As Learner.export."""
        write_weights(self.model, self.config.model, folder / "weights", torch.float32)
