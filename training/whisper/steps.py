"""`python -m training whisper`: lessons from recordings, and what they teach the decoder."""

import argparse
import json
from pathlib import Path

from torch.utils.tensorboard import SummaryWriter

from interp.core.settings import read_settings
from interp.models.whisper.checkpoint import WhisperCheckpoint, load_whisper
from interp.models.whisper.hearing import Hearing
from interp.models.whisper.settings import WhisperSettings
from training.run import resume, train
from training.weights import store
from training.whisper.config import LessonConfig, WhisperRun
from training.whisper.learner import WhisperLearner
from training.whisper.lessons import LessonMaker, write_lessons


def add(parser: argparse.ArgumentParser) -> None:
    """Its two steps."""
    steps = parser.add_subparsers(dest="whisper_step", required=True)
    prepared = steps.add_parser("prepare", help="offline translations and prefixes of recordings")
    prepared.add_argument("manifests", nargs="+", type=Path)
    prepared.add_argument("--out", type=Path, required=True)
    prepared.add_argument("--model", default="whisper-base")
    prepared.add_argument("--margin-ms", type=int, default=LessonConfig().margin_ms)
    prepared.add_argument("--cuts", type=int, default=LessonConfig().cuts)
    prepared.set_defaults(run=_prepare)
    trained = steps.add_parser("train", help="the change of low rank, or on from where it stopped")
    trained.add_argument("config", type=Path)
    trained.set_defaults(run=_train)


def _prepare(args: argparse.Namespace) -> None:
    config = LessonConfig(margin_ms=args.margin_ms, cuts=args.cuts)
    maker = LessonMaker(_checkpoint(args.model), config)
    print(f"{write_lessons(args.manifests, args.out, maker)} lessons in {args.out}")


def _train(args: argparse.Namespace) -> None:
    config = read_settings(args.config, WhisperRun)
    checkpoint = _checkpoint(config.model)
    tail = Hearing(checkpoint, WhisperSettings()).tail
    learner = WhisperLearner(config, checkpoint, tail)
    resume(config.run.folder, learner)

    def look(board: SummaryWriter) -> None:
        for name, value in learner.evaluate().items():
            board.add_scalar(f"held_out/{name}", value, learner.step)

    train(config.run, learner, look)
    print(json.dumps(learner.evaluate()))


def _checkpoint(name: str) -> WhisperCheckpoint:
    return load_whisper(store().open(name)[0])
