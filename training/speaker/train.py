"""Train a speaker: `python -m training.speaker.train --config FILE`; resumes in its folder.

`torchrun --nproc-per-node 2 -m training.speaker.train ...`: two workers, each with rows of its own.
"""

import argparse
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.utils.tensorboard import SummaryWriter

from interp.core.settings import read_settings
from interp.models.snac import read_config
from interp.models.voice.network import SpeakerNet, load_speaker, save_speaker
from training.asr import WhisperListener, understood
from training.averaged import AveragedLearner, Measured
from training.data.sentences import held_out_sentences
from training.parallel import joined, launched_by_torchrun
from training.run import Look, resume, train
from training.speaker.config import SpeakerRun
from training.speaker.corpus import Corpus, read_corpus
from training.speaker.speak import SpeakTask
from training.speaker.tasks import Mix, Task
from training.speaker.watch import Watch

HELD_OUT_BATCHES = 4


class Trainer(AveragedLearner[SpeakerNet]):
    """A speaker on its way."""

    def __init__(self, config: SpeakerRun, corpus: Corpus) -> None:
        torch.manual_seed(config.run.seed)
        torch.set_num_threads(config.run.threads)
        self.config = config
        cut = config.data.held_out
        known = replace(corpus, utterances=corpus.utterances[cut:])
        unseen = replace(corpus, utterances=corpus.utterances[:cut])
        sizes = config.model.speaker(corpus)
        net = SpeakerNet(sizes)
        if config.data.start:
            start = load_speaker(config.data.start).state_dict()
            net.load_state_dict(net.state_dict() | start)  # which may know nothing of voices
        else:
            net.lm.codes.start_from(
                codebooks(config.data.codec), torch.Generator().manual_seed(config.run.seed)
            )
        for name, parameter in net.named_parameters():
            parameter.requires_grad_(not name.startswith(config.fixed))
        super().__init__(config.run, net)
        told = replace(config.speak, untold=0.0)
        named = {
            "speak": lambda part, speak: SpeakTask(part, speak, sizes, self.device),
        }
        self.mix = Mix(
            [named[task.name](known, config.speak) for task in config.tasks],
            [task.weight for task in config.tasks],
        )
        self.held_out: list[Task] = [named[task.name](unseen, told) for task in config.tasks]

    def measure(self, net: SpeakerNet, rng: np.random.Generator) -> Measured:
        """As AveragedLearner.measure: one batch of one task."""
        return self.mix.draw(rng).measure(net, rng)

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

    def export(self, folder: Path) -> None:
        """As Learner.export."""
        save_speaker(folder / "speaker.safetensors", self.averaged())


def codebooks(codec: Path) -> list[Tensor]:
    """The code vectors [code, 8] of each level of a SNAC's folder of weights."""
    count = len(read_config(codec).vq_strides)
    tensors = load_file(codec / "model.safetensors")
    return [tensors[f"quantizer.quantizers.{level}.codebook.weight"] for level in range(count)]


def looks(trainer: Trainer, watch: Watch) -> Look:
    """Held-out loss, and what the speaker sounds like."""

    def look(board: SummaryWriter) -> None:
        for name, value in trainer.evaluate().items():
            board.add_scalar(f"held_out/{name}", value, trainer.step)
        watch.look(trainer.averaged(), trainer.step, board)

    return look


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
    with joined(config.run.device) if launched_by_torchrun() else nullcontext():
        learn(config)


def learn(config: SpeakerRun) -> None:
    """Go on from where the run's folder is, to its end."""
    corpus = read_corpus(config.data.coded)
    print(f"{len(corpus.utterances)} utterances, {corpus.frames} frames")
    trainer = Trainer(config, corpus)
    if resume(config.run.folder, trainer):
        print(f"going on from step {trainer.step}")
    data = config.data
    sentences = held_out_sentences(corpus.language)[: data.listen]
    judge = partial(understood, WhisperListener(corpus.language))
    watch = Watch(data.reader, data.codec, sentences, judge)
    train(config.run, trainer, looks(trainer, watch))


if __name__ == "__main__":
    main()
