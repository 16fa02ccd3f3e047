"""Options that say what runs a command, over the settings of a file; shared by most commands."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from interp.deployment import Deployment, read_deployment
from interp.models.settings import ModelSettings

SettingsT = TypeVar("SettingsT")


def add_models(parser: argparse.ArgumentParser) -> None:
    """The file, and the models."""
    parser.add_argument("--config", type=Path, help="TOML file; see `interp config show`")
    parser.add_argument("--model", help="see `interp models list` (default: whisper-base)")
    add_voice(parser)


def add_voice(parser: argparse.ArgumentParser) -> None:
    """What speaks, and on what; all that `say` needs."""
    parser.add_argument(
        "--voice",
        dest="voices",
        type=Path,
        action="append",
        metavar="DIR",
        help="folder of a voice; may be given again (default: the package's own)",
    )
    parser.add_argument("--threads", type=int, help="of torch, each; 0: all cores (default: 1)")
    parser.add_argument("--device", help="cpu, cuda or auto (default: auto)")


def over(settings: SettingsT, **given: Any) -> SettingsT:
    """The settings with those values that are given."""
    known = {name: value for name, value in given.items() if value is not None}
    return replace(settings, **known)  # type: ignore[type-var]


def models_over(models: ModelSettings, args: argparse.Namespace) -> ModelSettings:
    """The models with what the options of `add_models` or `add_voice` say."""
    return over(
        models,
        translator=getattr(args, "model", None),
        voices=tuple(args.voices) if args.voices else None,
        threads=args.threads,
        device=args.device,
    )


def deployment_of(args: argparse.Namespace) -> Deployment:
    """The file that --config names, and what the options of `add_models` say over it."""
    read = read_deployment(args.config)
    return replace(read, models=models_over(read.models, args))
