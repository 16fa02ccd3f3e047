"""Train a SNAC: `python -m training.codec.train --config FILE`; goes on where the folder is."""

import argparse
import time
from dataclasses import replace
from pathlib import Path

from torch.utils.tensorboard import SummaryWriter
from tqdm import tqdm

from interp.core.settings import read_settings
from training.asr import WhisperListener
from training.codec.config import CodecConfig
from training.codec.trainer import Trainer
from training.codec.watch import Watch

LOG_EVERY = 20


def train(trainer: Trainer, watch: Watch) -> None:
    """Steps up to the configured number, with logs, evaluations and saved states."""
    run = trainer.config.run
    progress = tqdm(total=run.steps, initial=trainer.step, unit="step", mininterval=10)
    with SummaryWriter(run.folder / "events") as board:
        while trainer.step < run.steps:
            started = time.monotonic()
            measured = trainer.train_step()
            progress.update()
            if trainer.step % LOG_EVERY == 0:
                measured["steps_per_s"] = 1 / (time.monotonic() - started)
                for name, value in measured.items():
                    board.add_scalar(name, value, trainer.step)
                progress.set_postfix(
                    {
                        name: f"{measured[f'loss/{name}']:.3f}"
                        for name in ("reading", "mel")
                        if f"loss/{name}" in measured
                    },
                    refresh=False,
                )
            if trainer.step % run.save_every == 0:
                trainer.save()
            if trainer.step % run.evaluate_every == 0:
                listen = run.listen_every > 0 and trainer.step % run.listen_every == 0
                found = watch.look(trainer, board, listen)
                tqdm.write(f"step {trainer.step}: {found}")
    trainer.save()


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
    trainer.resume()
    listener = WhisperListener() if run.listen_every else None
    train(trainer, Watch(data.held_out, config.model, listener))


if __name__ == "__main__":
    main()
