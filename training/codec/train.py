"""Train a SNAC: `python -m training.codec.train --config FILE`; goes on where the folder is."""

import argparse
import math
import time
from dataclasses import replace
from pathlib import Path

import torch
from torch import nn
from torch.utils.tensorboard import SummaryWriter
from tqdm import tqdm

from interp.models.snac import build_snac, write_weights
from training.codec.codebooks import Codebooks, CodebookState
from training.codec.config import CodecConfig
from training.codec.crops import Crops
from training.codec.losses import MelLoss
from training.codec.fast import speed_up
from training.codec.watch import Watch
from training.config import load_config

LOG_EVERY = 20


class Trainer:
    """One phase of training. Everything that a step changes is in `state_dict`."""

    def __init__(self, config: CodecConfig) -> None:
        torch.manual_seed(config.run.seed)
        torch.set_num_threads(config.run.threads)
        self.config = config
        self.step = 0
        self.model = build_snac(config.model)
        self.codebooks = Codebooks(self.model, config.codebook, config.run.seed)
        self.mel = MelLoss(config.model.sampling_rate)
        self.crops = Crops(
            config.data.speech, config.data.shards, config.data.crop_samples, config.run.seed
        )
        learning = [p for p in self.model.parameters() if p.requires_grad]
        self.optimiser = torch.optim.Adam(learning, betas=(0.8, 0.99), fused=True)
        if config.run.kernels:
            speed_up(self.model)
        self._encode = self.model.get_submodule("encoder")
        self._decode = self.model.get_submodule("decoder")

    def train_step(self) -> dict[str, float]:
        """One batch; what it measured, by name."""
        weights = self.config.loss
        for group in self.optimiser.param_groups:
            group["lr"] = rate_at(self.step, self.config)
        wanted = self.crops.batch(self.step, self.config.data.batch)
        batch = self.codebooks.quantise(self._encode(wanted), self.step)
        heard = self._decode(batch.z)
        mel = self.mel(heard, wanted)
        loss = weights.mel * mel + weights.commitment * batch.commitment
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        norm = nn.utils.clip_grad_norm_(self.model.parameters(), self.config.run.clip)
        self.optimiser.step()
        revived = self.codebooks.after_step(batch, self.step)
        self.step += 1
        return {
            "loss/mel": float(mel.detach()),
            "loss/commitment": float(batch.commitment.detach()),
            "loss/codebook": float(batch.codebook.detach()),
            "gradient": float(norm),
            "rate": rate_at(self.step - 1, self.config),
            "revived": float(revived),
        }

    def save(self) -> None:
        """Write the state for going on, and the weights for use; both replace the last ones."""
        folder = self.config.run.folder
        folder.mkdir(parents=True, exist_ok=True)
        partial = folder / "last.partial"
        torch.save(
            {
                "step": self.step,
                "model": self.model.state_dict(),
                "optimiser": self.optimiser.state_dict(),
                "filled": self.codebooks.state.filled,
                "memory": self.codebooks.state.memory,
            },
            partial,
        )
        partial.rename(folder / "last.pt")
        write_weights(self.model, self.config.model, folder / "weights", torch.float32)

    def resume(self) -> bool:
        """Take up the last saved state of the folder; False where there is none."""
        path = self.config.run.folder / "last.pt"
        if not path.exists():
            return False
        state = torch.load(path, weights_only=True)
        self.step = state["step"]
        self.model.load_state_dict(state["model"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.codebooks.state = CodebookState(state["filled"], state["memory"])
        return True


def rate_at(step: int, config: CodecConfig) -> float:
    """Learning rate: linear warm-up, then a cosine down to the final rate."""
    run = config.run
    if step < run.warmup_steps:
        return run.learning_rate * (step + 1) / run.warmup_steps
    done = min(1.0, (step - run.warmup_steps) / max(1, run.steps - run.warmup_steps))
    return run.final_rate + (run.learning_rate - run.final_rate) * (1 + math.cos(math.pi * done)) / 2


def train(trainer: Trainer, watch: Watch) -> None:
    """Steps up to the configured number, with logs, evaluations and saved states."""
    run = trainer.config.run
    progress = tqdm(total=run.steps, initial=trainer.step, unit="step", mininterval=5)
    with SummaryWriter(run.folder / "events") as board:
        while trainer.step < run.steps:
            started = time.monotonic()
            measured = trainer.train_step()
            progress.update()
            if trainer.step % LOG_EVERY == 0:
                measured["steps_per_s"] = 1 / (time.monotonic() - started)
                for name, value in measured.items():
                    board.add_scalar(name, value, trainer.step)
                progress.set_postfix(mel=f"{measured['loss/mel']:.3f}")
            if trainer.step % run.save_every == 0:
                trainer.save()
            if trainer.step % run.evaluate_every == 0:
                watch.look(trainer.model, trainer.step, board, coded=trainer.codebooks.state.filled)
    trainer.save()


def main() -> None:
    """Read the config and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--folder", type=Path, help="instead of the run folder in the config")
    parser.add_argument("--speech", type=Path, help="instead of the speech folder in the config")
    parser.add_argument("--held-out", type=Path, help="instead of the held-out folder")
    arguments = parser.parse_args()
    config = load_config(arguments.config, CodecConfig)
    data = replace(
        config.data,
        speech=arguments.speech or config.data.speech,
        held_out=arguments.held_out or config.data.held_out,
    )
    run = replace(config.run, folder=arguments.folder or config.run.folder)
    trainer = Trainer(replace(config, data=data, run=run))
    trainer.resume()
    train(trainer, Watch(data.held_out, config.model))


if __name__ == "__main__":
    main()
