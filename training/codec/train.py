"""Train a SNAC: `python -m training.codec.train --config FILE`; goes on where the folder is."""

import argparse
from dataclasses import replace
from pathlib import Path

from torch.utils.tensorboard import SummaryWriter
from tqdm import tqdm

from interp.core.settings import read_settings
from training.asr import WhisperListener
from training.codec.config import CodecConfig
from training.codec.trainer import Trainer
from training.codec.watch import Watch
from training.run import Look, resume, train


def looks(trainer: Trainer, watch: Watch) -> Look:
    """What `Watch` finds, and now and then what Whisper hears."""
    run = trainer.config.run

    def look(board: SummaryWriter) -> None:
        listen = run.listen_every > 0 and trainer.step % run.listen_every == 0
        tqdm.write(f"step {trainer.step}: {watch.look(trainer, board, listen)}")

    return look


def main() -> None:
    """Read the config and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--folder", type=Path, help="instead of the run folder in the config")
    parser.add_argument("--start", help="instead of the folder of weights in the config")
    parser.add_argument("--steps", type=int, help="instead of the steps in the config")
    parser.add_argument("--speech", type=Path, help="instead of the speech folder in the config")
    parser.add_argument("--held-out", type=Path, help="instead of the held-out folder")
    arguments = parser.parse_args()
    config = read_settings(arguments.config, CodecConfig)
    data = replace(
        config.data,
        speech=arguments.speech or config.data.speech,
        held_out=arguments.held_out or config.data.held_out,
    )
    run = replace(
        config.run,
        folder=arguments.folder or config.run.folder,
        start=config.run.start if arguments.start is None else arguments.start,
        steps=arguments.steps or config.run.steps,
    )
    trainer = Trainer(replace(config, data=data, run=run))
    resume(run.folder, trainer)
    listener = WhisperListener(data.language) if run.listen_every else None
    train(run, trainer, looks(trainer, Watch(data.held_out, config.model, listener)))


if __name__ == "__main__":
    main()
