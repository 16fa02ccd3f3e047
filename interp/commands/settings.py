"""What runs a command: the settings of a file, and over them what the options say."""

import argparse
from dataclasses import replace
from typing import Any, TypeVar

from interp.deployment import Deployment, read_deployment
from interp.models.settings import ModelSettings

SettingsT = TypeVar("SettingsT")


def over(settings: SettingsT, **given: Any) -> SettingsT:
    """The settings with those values that are given."""
    known = {name: value for name, value in given.items() if value is not None}
    return replace(settings, **known)  # type: ignore[type-var]


def models_over(models: ModelSettings, args: argparse.Namespace) -> ModelSettings:
    """The models with what the options of `options.machine` say."""
    return over(
        models,
        translator=getattr(args, "model", None),
        voices=tuple(args.voices) if args.voices else None,
        threads=args.threads,
        device=args.device,
    )


def deployment_of(args: argparse.Namespace) -> Deployment:
    """The file that --config names, and what the options of `options.machine` say over it."""
    read = read_deployment(args.config)
    return replace(read, models=models_over(read.models, args))
