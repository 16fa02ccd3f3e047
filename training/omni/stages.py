"""A run from nothing: its stages one after the other, and what each of them is worth."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from torch.utils.tensorboard import SummaryWriter

from interp.core.settings import read_settings
from interp.models.omni.release import Omni
from training.omni.config import OmniRun
from training.omni.corpus import Corpus
from training.omni.evaluate import Score, aloud, offline, read_frames, simultaneous
from training.omni.judges import judge
from training.omni.learner import Lesson, OmniLearner
from training.run import Look, resume, train
from training.speaker.recite import Decode, snac_decoder


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
    """Held-out losses, and what is answered: word errors of ASR and of what is said, BLEU of
    translations, BLEU and LAAL of those that are written under wait-k."""

    def look(board: SummaryWriter) -> None:
        for name, value in learner.evaluate().items():
            board.add_scalar(f"held_out/{name}", value, learner.step)
        for score in answered(learner):
            name = f"answered/{score.name.replace(' ', '_')}"
            board.add_scalar(f"{name}_{score.metric}", score.value, learner.step)
            if score.lag_ms:
                board.add_scalar(f"{name}_laal_ms", score.lag_ms, learner.step)

    return look


def answered(learner: OmniLearner) -> Iterator[Score]:
    """Scores of all tasks on the held-out entries that are answered."""
    data = learner.config.data
    model = Omni(learner.card, learner.averaged().eval(), learner.corpus.tokens)
    decode = snac_decoder(data.codec) if data.codec else None
    for lesson in learner.held_out:
        numbers = lesson.numbers[: data.answered]
        if numbers and not lesson.config.spelt:
            yield from _scores(model, learner, lesson, numbers, decode)


def _scores(
    model: Omni,
    learner: OmniLearner,
    lesson: Lesson,
    numbers: Sequence[int],
    decode: Decode | None,
) -> Iterator[Score]:
    task, corpus, schedule = lesson.task, learner.corpus, learner.config.schedule
    if lesson.config.ctc:
        yield read_frames(model, corpus, numbers)
    elif lesson.config.duplex:
        for k in sorted({schedule.least_k, schedule.most_k}):
            yield simultaneous(model, corpus, task, numbers, k, schedule.unit_frames)
    elif not task.speaks:
        yield offline(model, corpus, task, numbers)
    elif decode:
        judge_of = judge(learner.config.data.judge)
        yield aloud(model, corpus, task, numbers, decode, judge_of)


TOLD_K = "told_k"
"""Ablation of telling the model, in the last stage, for how many units the policy waits."""


@dataclass(frozen=True, slots=True)
class Ablated:
    """without: the stage, or the choice, that was left out, none for the whole. held_out: the last
    stage's losses by task. answered: word errors, BLEU and LAAL of what it answers."""

    without: str
    held_out: dict[str, float]
    answered: dict[str, float]


def ablate(stages: Sequence[OmniRun], folder: Path) -> list[Ablated]:
    """Train all stages; all but each one of them but the last; and all, but for a choice of the
    last one. Runs are kept in `folder`."""
    found = [_chained("", stages, folder / "whole")]
    for number, left_out in enumerate(stages[:-1]):
        rest = [*stages[:number], *stages[number + 1 :]]
        name = left_out.run.folder.name
        found.append(_chained(name, rest, folder / f"without_{name}"))
    last = stages[-1]
    if any(task.duplex for task in last.tasks):
        start = folder / "whole" / stages[-2].run.folder.name if len(stages) > 1 else None
        untold = replace(last, schedule=replace(last.schedule, told=0.0))
        found.append(_chained(TOLD_K, [untold], folder / f"without_{TOLD_K}", start))
    return found


def _chained(
    without: str, stages: Sequence[OmniRun], folder: Path, start: Path | None = None
) -> Ablated:
    """What the last of these stages comes to, each starting from the one before it."""
    before, learner = start, None
    for stage in stages:
        here = folder / stage.run.folder.name
        config = replace(
            stage,
            run=replace(stage.run, folder=here),
            stage=replace(stage.stage, start=before),
        )
        learner, before = train_stage(config), here
    assert learner is not None, "there is a stage"
    scores = {
        f"{score.name} {what}": value
        for score in answered(learner)
        for what, value in ((score.metric, score.value), ("laal_ms", score.lag_ms))
        if what != "laal_ms" or value
    }
    return Ablated(without, learner.evaluate(), scores)
