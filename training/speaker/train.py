"""Train a speaker: `python -m training.speaker.train --config FILE`; resumes in its folder."""

import argparse
import math
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torch.utils.tensorboard import SummaryWriter
from tqdm import tqdm

from interp.core.settings import read_settings
from interp.models.snac import read_config
from interp.models.voice.network import SpeakerNet, save_speaker
from training.asr import WhisperListener, understood
from training.data.sentences import held_out_sentences
from training.speaker.config import RunConfig, SpeakerRun
from training.speaker.corpus import Corpus, read_corpus
from training.speaker.speak import SpeakTask
from training.speaker.tasks import Measured, Mix, Task
from training.speaker.watch import Watch

LOG_EVERY = 20
HELD_OUT_BATCHES = 4


class Trainer:
    """One run. Everything that a step changes is in what `save` writes."""

    def __init__(self, config: SpeakerRun, corpus: Corpus) -> None:
        torch.manual_seed(config.run.seed)
        torch.set_num_threads(config.run.threads)
        self.config = config
        self.step = 0
        cut = config.data.held_out
        known = replace(corpus, utterances=corpus.utterances[cut:])
        unseen = replace(corpus, utterances=corpus.utterances[:cut])
        sizes = config.model.speaker(corpus)
        self.device = torch.device(config.run.device)
        self.model = SpeakerNet(sizes)
        self.model.lm.codes.start_from(
            codebooks(config.data.codec), torch.Generator().manual_seed(config.run.seed)
        )
        self.model.to(self.device)
        self.average = AveragedModel(
            self.model,
            multi_avg_fn=get_ema_multi_avg_fn(config.run.average),  # type: ignore[no-untyped-call]
        )
        told = replace(config.speak, untold=0.0)
        named = {
            "speak": lambda part, speak: SpeakTask(part, speak, sizes, self.device),
        }
        self.mix = Mix(
            [named[task.name](known, config.speak) for task in config.tasks],
            [task.weight for task in config.tasks],
        )
        self.held_out: list[Task] = [named[task.name](unseen, told) for task in config.tasks]
        self.rng = np.random.default_rng(config.run.seed)
        self.optimiser = torch.optim.AdamW(
            decayed(self.model, config.run.weight_decay), betas=(0.9, 0.98)
        )

    def train_step(self) -> Measured:
        """One batch of one task."""
        for group in self.optimiser.param_groups:
            group["lr"] = rate_at(self.step, self.config.run)
        with self._precision():
            measured = self.mix.draw(self.rng).measure(self.model.train(), self.rng)
        self.optimiser.zero_grad(set_to_none=True)
        measured.loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.model.parameters(), self.config.run.clip)
        self.optimiser.step()
        self.average.update_parameters(self.model)
        self.step += 1
        return measured

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """Mean parts of the averaged weights' loss on held-out speech; same rows each time."""
        net = self.averaged().eval()
        found: dict[str, list[float]] = {}
        for task in self.held_out:
            rng = np.random.default_rng(0)
            for _ in range(HELD_OUT_BATCHES):
                for name, value in task.measure(net, rng).values.items():
                    found.setdefault(f"{task.name}/{name}", []).append(value)
        return {name: sum(values) / len(values) for name, values in found.items()}

    def averaged(self) -> SpeakerNet:
        """The running mean of the weights."""
        net = self.average.module
        assert isinstance(net, SpeakerNet), "the average of a speaker is a speaker"
        return net

    def save(self) -> None:
        """Write the state for going on, and the averaged speaker; both replace the last ones."""
        folder = self.config.run.folder
        folder.mkdir(parents=True, exist_ok=True)
        partial = folder / "last.partial"
        torch.save(
            {
                "step": self.step,
                "model": self.model.state_dict(),
                "average": self.average.state_dict(),
                "optimiser": self.optimiser.state_dict(),
                "rng": self.rng.bit_generator.state,
                "torch_rng": torch.get_rng_state(),
            },
            partial,
        )
        partial.rename(folder / "last.pt")
        save_speaker(folder / "speaker.safetensors", self.averaged())

    def resume(self) -> bool:
        """Take up the last saved state of the folder; False where there is none."""
        path = self.config.run.folder / "last.pt"
        if not path.exists():
            return False
        state = torch.load(path, weights_only=True, map_location=self.device)
        self.step = state["step"]
        self.model.load_state_dict(state["model"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.rng.bit_generator.state = state["rng"]
        torch.set_rng_state(state["torch_rng"].cpu())
        return True

    def _precision(self) -> torch.autocast:
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.config.run.bfloat16)


def codebooks(codec: Path) -> list[Tensor]:
    """The code vectors [code, 8] of each level of a SNAC's folder of weights."""
    count = len(read_config(codec).vq_strides)
    tensors = load_file(codec / "model.safetensors")
    return [tensors[f"quantizer.quantizers.{level}.codebook.weight"] for level in range(count)]


def decayed(model: nn.Module, weight_decay: float) -> list[dict[str, object]]:
    """Parameters in two groups: matrices, which decay, and vectors and tables, which do not."""
    matrices: list[nn.Parameter] = []
    others: list[nn.Parameter] = []
    for name, parameter in model.named_parameters():
        table = "codes." in name or "symbol." in name or "wte.text" in name
        (others if parameter.ndim < 2 or table else matrices).append(parameter)
    return [
        {"params": matrices, "weight_decay": weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]


def rate_at(step: int, run: RunConfig) -> float:
    """Learning rate: linear warm-up, then a cosine down to the final rate."""
    if step < run.warmup_steps:
        return run.learning_rate * (step + 1) / run.warmup_steps
    done = min(1.0, (step - run.warmup_steps) / max(1, run.steps - run.warmup_steps))
    return (
        run.final_rate + (run.learning_rate - run.final_rate) * (1 + math.cos(math.pi * done)) / 2
    )


def train(trainer: Trainer, watch: Watch) -> None:
    """Steps up to the configured number, with logs, evaluations and saved states."""
    run = trainer.config.run
    progress = tqdm(total=run.steps, initial=trainer.step, unit="step", mininterval=5)
    with SummaryWriter(str(run.folder / "events")) as board:
        while trainer.step < run.steps:
            started = time.monotonic()
            measured = trainer.train_step()
            progress.update()
            if trainer.step % LOG_EVERY == 0:
                values = {f"train/{name}": value for name, value in measured.values.items()}
                values["train/steps_per_s"] = 1 / (time.monotonic() - started)
                for name, value in values.items():
                    board.add_scalar(name, value, trainer.step)
                progress.set_postfix({name: f"{v:.2f}" for name, v in measured.values.items()})
            if trainer.step % run.evaluate_every == 0:
                for name, value in trainer.evaluate().items():
                    board.add_scalar(f"held_out/{name}", value, trainer.step)
                watch.look(trainer.averaged(), trainer.step, board)
            if trainer.step % run.save_every == 0:
                trainer.save()
    trainer.save()


def main() -> None:
    """Read the config and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--folder", type=Path, help="instead of the run folder in the config")
    parser.add_argument("--coded", type=Path, help="instead of the coded speech in the config")
    parser.add_argument("--codec", type=Path, help="instead of the codec in the config")
    parser.add_argument("--reader", type=Path, help="instead of the reader in the config")
    arguments = parser.parse_args()
    config = read_settings(arguments.config, SpeakerRun)
    config = replace(
        config,
        run=replace(config.run, folder=arguments.folder or config.run.folder),
        data=replace(
            config.data,
            coded=arguments.coded or config.data.coded,
            codec=arguments.codec or config.data.codec,
            reader=arguments.reader or config.data.reader,
        ),
    )
    corpus = read_corpus(config.data.coded)
    print(f"{len(corpus.utterances)} utterances, {corpus.frames} frames")
    trainer = Trainer(config, corpus)
    if trainer.resume():
        print(f"going on from step {trainer.step}")
    data = config.data
    sentences = held_out_sentences()[: data.listen]
    judge = partial(understood, WhisperListener())
    train(trainer, Watch(data.reader, data.codec, sentences, judge))


if __name__ == "__main__":
    main()
