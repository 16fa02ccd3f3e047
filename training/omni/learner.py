"""An OmniLM on its way through one stage: rows of several tasks in every step."""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from interp.models.omni.config import OmniConfig
from interp.models.omni.lm import OmniLM
from interp.models.omni.prompts import Task
from interp.models.omni.release import OmniCard, load_omni, save_omni
from interp.models.omni.tokens import vocabulary_file
from training.averaged import AveragedLearner, Measured
from training.omni.batch import Losses, alike, collate, lost
from training.omni.config import OmniRun, TaskConfig
from training.omni.corpus import Corpus
from training.omni.freeze import let_learn
from training.omni.masking import masked
from training.omni.rows import Row, Sample, duplex_row, turn_row
from training.omni.schedule import Heard, drawn

HELD_OUT_ROWS = 16


@dataclass(frozen=True, slots=True)
class Lesson:
    """A task, and the entries that have what it needs."""

    config: TaskConfig
    numbers: list[int]

    @property
    def task(self) -> Task:
        """Its task."""
        return Task(self.config.task)

    @property
    def name(self) -> str:
        """For logs."""
        return f"{self.config.task}_duplex" if self.config.duplex else self.config.task


class OmniLearner(AveragedLearner[OmniLM]):
    """A `Learner` of a stage's tasks."""

    def __init__(self, config: OmniRun, corpus: Corpus) -> None:
        """Raises ValueError where no entry serves a task, or the start is of other sizes."""
        torch.manual_seed(config.run.seed)
        torch.set_num_threads(config.run.threads)
        self.config, self.corpus = config, corpus
        about, before = corpus.about, None
        lm = config.model.lm(about, corpus.tokens.count)
        if config.stage.start is not None:
            before = load_omni(config.stage.start)
            lm = replace(before.card.lm, dropout=config.model.dropout)
            _check(lm, corpus)
        unit_frames = before.card.unit_frames if before else 0
        if any(each.duplex for each in config.tasks):
            unit_frames = config.schedule.unit_frames
        self.card = OmniCard(
            lm, about.languages, about.hears, about.codec, about.pairs, unit_frames
        )
        cut = min(config.data.held_out, len(corpus.entries))
        self.lessons = self._lessons(range(cut, len(corpus.entries)))
        self.held_out = self._lessons(range(cut))
        model = OmniLM(lm)
        if before is not None:
            model.load_state_dict(before.lm.state_dict())
        let_learn(model, config.stage.learn)
        super().__init__(config.run, model)

    def measure(self, net: OmniLM, rng: np.random.Generator) -> Measured:
        """As AveragedLearner.measure: a batch whose rows draw their tasks, each by its share."""
        shares = np.array([lesson.config.share for lesson in self.lessons])
        chosen = rng.choice(len(self.lessons), self.config.data.rows, p=shares / shares.sum())
        rows = [self._heard(self._row(self.lessons[int(number)], rng), rng) for number in chosen]
        losses = self._lost(net, rows)
        values = {"loss": float(losses.total.detach()), "text": losses.text, "audio": losses.audio}
        return Measured(losses.total, values)

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """Loss of the averaged weights on held-out rows of each task; same rows each time."""
        net = self.averaged().eval()
        found: dict[str, float] = {}
        for lesson in self.held_out:
            rng = np.random.default_rng(0)
            losses = self._lost(net, [self._row(lesson, rng) for _ in range(HELD_OUT_ROWS)])
            if lesson.task.writes:
                found[f"{lesson.name}/text"] = losses.text
            if lesson.task.speaks:
                found[f"{lesson.name}/audio"] = losses.audio
        return found

    def export(self, folder: Path) -> None:
        """As Learner.export: a model folder of the averaged weights."""
        save_omni(folder, self.averaged(), self.card, torch.float32)
        words = vocabulary_file(self.config.data.folder)
        shutil.copyfile(words, folder / words.name)

    def _lost(self, net: OmniLM, rows: list[Row]) -> Losses:
        lm = self.card.lm
        batches = [
            collate(part, lm.layout, lm.source_dim, self.device)
            for part in alike(rows, self.config.data.passes)
        ]
        return lost(net, batches, self.config.stage.audio_weight)

    def _lessons(self, of: range) -> list[Lesson]:
        found = [Lesson(each, self.corpus.able(Task(each.task), of)) for each in self.config.tasks]
        for lesson in found:
            if not lesson.numbers:
                raise ValueError(f"no entry of {of.start} to {of.stop} serves {lesson.name}")
        return found

    def _row(self, lesson: Lesson, rng: np.random.Generator) -> Row:
        number = lesson.numbers[int(rng.integers(len(lesson.numbers)))]
        backwards = lesson.task is Task.T2TT and rng.random() < 0.5
        sample = self.corpus.sample(lesson.task, number, backwards)
        if lesson.config.duplex:
            heard = self.corpus.heard(lesson.task, number)
            return self._duplex(sample, heard, lesson.config.weight, rng)
        return turn_row(self.card.lm.layout, sample, lesson.config.weight)

    def _heard(self, row: Row, rng: np.random.Generator) -> Row:
        """A row as it is learnt from, parts of its source silenced."""
        if row.source is None:
            return row
        return replace(row, source=masked(row.source, self.config.masking, rng))

    def _duplex(self, sample: Sample, heard: Heard, weight: float, rng: np.random.Generator) -> Row:
        """Under a schedule of its own; what is left when all was heard follows in silence."""
        assert sample.source is not None, "what is written while it is heard has a source"
        starts = self.corpus.starts(sample.told)
        when = drawn(self.config.schedule, starts, heard, rng)
        cut = when.frames < heard.frames
        steps = when.frames if cut else max(heard.frames, when.writes[-1] + 1)
        source = sample.source.new_zeros(steps, sample.source.shape[1])
        source[: min(when.frames, steps)] = sample.source[: when.frames]
        of_frames = Sample(sample.task, (), source, sample.told, None, sample.language)
        return duplex_row(self.card.lm.layout, of_frames, when.writes, when.k, weight)


def _check(lm: OmniConfig, corpus: Corpus) -> None:
    """Raises ValueError where a model cannot read or hear a corpus."""
    if corpus.tokens.count > lm.layout.text_tokens:
        raise ValueError("the corpus has another vocabulary than the model that is to learn it")
    if corpus.about.source_dim != lm.source_dim:
        raise ValueError(f"the model does not hear as {corpus.about.hears} does")
