"""An OmniLM on its way through one stage: rows of several tasks in every step."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from interp.models.omni.config import OmniConfig
from interp.models.omni.grid import TextSpecial
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
from training.omni.spelling import Spelt, ctc, spelt

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
        ways = (
            (self.config.duplex, "duplex"),
            (self.config.spelt, "spelt"),
            (self.config.ctc, "ctc"),
        )
        return "_".join([self.config.task, *(way for is_so, way in ways if is_so)])

    def number(self, rng: np.random.Generator) -> int:
        """One of its entries."""
        return self.numbers[int(rng.integers(len(self.numbers)))]


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
            sizes = config.model
            lm = replace(before.card.lm, dropout=sizes.dropout, spells=sizes.spells)
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
        lessons = [self.lessons[int(number)] for number in chosen]
        rows = [self._heard(self._row(each, rng), rng) for each in lessons if not each.config.ctc]
        spoken = [self._spoken(each, rng, masks=True) for each in lessons if each.config.ctc]
        losses = self._lost(net, rows, spoken)
        values = {"loss": float(losses.total.detach()), "text": losses.text, "audio": losses.audio}
        return Measured(losses.total, values | {"ctc": losses.ctc})

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """Loss of the averaged weights on held-out rows of each task; same rows each time."""
        net = self.averaged().eval()
        found: dict[str, float] = {}
        for lesson in self.held_out:
            rng = np.random.default_rng(0)
            if lesson.config.ctc:
                spoken = [self._spoken(lesson, rng) for _ in range(HELD_OUT_ROWS)]
                found[lesson.name] = self._lost(net, [], spoken).ctc
                continue
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

    def _lost(self, net: OmniLM, rows: Sequence[Row], spoken: Sequence[Sample] = ()) -> Losses:
        """Of rows, and of recordings whose frames are to spell what is said."""
        lm, stage = self.card.lm, self.config.stage
        losses = Losses(torch.zeros((), device=self.device), 0.0, 0.0, 0, 0)
        if rows:
            batches = [
                collate(part, lm.layout, lm.source_dim, self.device)
                for part in alike(rows, self.config.data.passes)
            ]
            losses = lost(net, batches, stage.audio_weight)
        if not spoken:
            return losses
        sources = [each.source for each in spoken if each.source is not None]
        spelling = ctc(net, sources, [each.told for each in spoken])
        total = losses.total + stage.ctc_weight * spelling
        return replace(losses, total=total, ctc=float(spelling.detach()))

    def _lessons(self, of: range) -> list[Lesson]:
        found = [
            Lesson(each, self.corpus.able(Task(each.task), of, each.spelt))
            for each in self.config.tasks
        ]
        for lesson in found:
            if not lesson.numbers:
                raise ValueError(f"no entry of {of.start} to {of.stop} serves {lesson.name}")
        return found

    def _row(self, lesson: Lesson, rng: np.random.Generator) -> Row:
        number = lesson.number(rng)
        if lesson.config.spelt:
            made = self._spelt(number, rng)
            sample = self.corpus.sample(lesson.task, number, source=made.ids)
            heard = made.heard(self.corpus.reads(lesson.task, number))
        else:
            backwards = lesson.task is Task.T2TT and rng.random() < lesson.config.backwards
            sample = self.corpus.sample(lesson.task, number, backwards)
            heard = self.corpus.heard(lesson.task, number)
        if lesson.config.duplex:
            return self._duplex(sample, heard, lesson.config.weight, rng)
        return turn_row(self.card.lm.layout, sample, lesson.config.weight)

    def _spelt(self, number: int, rng: np.random.Generator) -> Spelt:
        """The source text of an entry, as a reader of frames would spell it."""
        corpus, layout = self.corpus, self.card.lm.layout
        pieces = corpus.tokens.encode(corpus.entries[number].source_text)
        starts = corpus.starts(pieces)[:-1]
        return spelt(pieces, starts, layout.text(TextSpecial.PAD), corpus.tokens.count, rng)

    def _spoken(self, lesson: Lesson, rng: np.random.Generator, masks: bool = False) -> Sample:
        """A recording and what it spells. masks: with parts silenced, as it is learnt from."""
        sample = self.corpus.sample(lesson.task, lesson.number(rng))
        assert sample.source is not None, "what is spelt is heard"
        if masks:
            return replace(sample, source=masked(sample.source, self.config.masking, rng))
        return sample

    def _heard(self, row: Row, rng: np.random.Generator) -> Row:
        """A row as it is learnt from, parts of what is heard silenced."""
        if row.source is None or row.source.ndim == 1:
            return row
        return replace(row, source=masked(row.source, self.config.masking, rng))

    def _duplex(self, sample: Sample, heard: Heard, weight: float, rng: np.random.Generator) -> Row:
        """Under a schedule of its own; what is left when all was heard follows in silence."""
        assert sample.source is not None, "what is written while it is heard has a source"
        starts = self.corpus.starts(sample.told)
        when = drawn(self.config.schedule, starts, heard, rng)
        cut = when.frames < heard.frames
        steps = when.frames if cut else max(heard.frames, when.writes[-1] + 1)
        silence = self.card.lm.layout.text(TextSpecial.PAD) if sample.source.ndim == 1 else 0
        source = sample.source.new_full((steps, *sample.source.shape[1:]), silence)
        source[: min(when.frames, steps)] = sample.source[: when.frames]
        of_frames = Sample(sample.task, (), source, sample.told, None, sample.language)
        return duplex_row(self.card.lm.layout, of_frames, when.writes, when.k, weight)


def _check(lm: OmniConfig, corpus: Corpus) -> None:
    """Raises ValueError where a model cannot read or hear a corpus."""
    if corpus.tokens.count > lm.layout.text_tokens:
        raise ValueError("the corpus has another vocabulary than the model that is to learn it")
    if corpus.about.source_dim != lm.source_dim:
        raise ValueError(f"the model does not hear as {corpus.about.hears} does")
