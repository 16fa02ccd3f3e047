"""A run from nothing: its stages one after the other, and what each of them is worth."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from torch.utils.tensorboard import SummaryWriter

from interp.core.settings import read_settings
from interp.models.omni.release import Omni
from training.omni.config import OmniRun
from training.omni.corpus import Corpus
from training.omni.evaluate import offline
from training.omni.learner import OmniLearner
from training.run import Look, resume, train


def read_stages(paths: Sequence[Path]) -> list[OmniRun]:
    """Stages in order. Raises InvalidRequest(BAD_CONFIG)."""
    return [read_settings(path, OmniRun) for path in paths]


def train_stage(config: OmniRun) -> OmniLearner:
    """Train one stage to its end; goes on where its folder is."""
    learner = OmniLearner(config, Corpus(config.data.folder))
    resume(config.run.folder, learner)
    train(config.run, learner, looks(learner))
    return learner


def looks(learner: OmniLearner) -> Look:
    """Held-out losses, and word errors and BLEU of what is answered."""

    def look(board: SummaryWriter) -> None:
        for name, value in learner.evaluate().items():
            board.add_scalar(f"held_out/{name}", value, learner.step)
        model = Omni(learner.card, learner.averaged().eval(), learner.corpus.tokens)
        for lesson in learner.held_out:
            task, numbers = lesson.task, lesson.numbers[: learner.config.data.answered]
            if numbers and task.writes and not (task.speaks or lesson.config.duplex):
                score = offline(model, learner.corpus, task, numbers)
                name = f"answered/{lesson.name}_{score.metric}"
                board.add_scalar(name, score.value, learner.step)

    return look


@dataclass(frozen=True, slots=True)
class Ablated:
    """without: the stage that was left out, none for the whole. held_out: the last stage's losses
    by task."""

    without: str
    held_out: dict[str, float]


def ablate(stages: Sequence[OmniRun], folder: Path) -> list[Ablated]:
    """Train all stages, then all but each one of them but the last; runs are kept in `folder`."""
    found = [Ablated("", _chained(stages, folder / "whole"))]
    for number, left_out in enumerate(stages[:-1]):
        rest = [*stages[:number], *stages[number + 1 :]]
        name = left_out.run.folder.name
        found.append(Ablated(name, _chained(rest, folder / f"without_{name}")))
    return found


def _chained(stages: Sequence[OmniRun], folder: Path) -> dict[str, float]:
    """Held-out losses of the last of these stages, each starting from the one before it."""
    before: Path | None = None
    measured: dict[str, float] = {}
    for stage in stages:
        here = folder / stage.run.folder.name
        config = replace(
            stage,
            run=replace(stage.run, folder=here),
            stage=replace(stage.stage, start=before),
        )
        measured, before = train_stage(config).evaluate(), here
    return measured
