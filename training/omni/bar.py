"""What a shipped OmniLM is held to, as one table: how it hears, reads, translates and speaks."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import soxr
from torch import Tensor

from interp.core.audio import SOURCE_RATE_HZ, TARGET_RATE_HZ, Samples
from interp.intake.file import read_audio
from interp.models.omni.prompts import Task
from interp.models.omni.release import Omni
from training.data.manifest import read_manifest
from training.data.teacher import Teacher
from training.omni.corpus import Corpus
from training.omni.evaluate import Score, aloud, judged, offline, read_frames, simultaneous
from training.omni.judges import Judge


@dataclass(frozen=True, slots=True)
class Held:
    """What is held out. unseen: texts and voices that are nowhere in training, by name. real:
    recordings of people, with their texts; None where there are none."""

    unseen: Mapping[str, Corpus]
    real: Corpus | None = None
    limit: int = 200


@dataclass(frozen=True, slots=True)
class Line:
    """of: what is measured. score. aim: that it is held to, in the score's unit; at most where it
    counts errors."""

    of: str
    score: Score
    aim: float | None = None

    def __str__(self) -> str:
        least = "<=" if self.score.metric == "wer" else ">="
        aim = f"{least} {self.aim:g}" if self.aim is not None else ""
        lag = f"LAAL {self.score.lag_ms:.0f} ms" if self.score.lag_ms else ""
        figure = f"{self.score.metric.upper()} {self.score.value:.1f}"
        between = f"({self.score.low:.1f} to {self.score.high:.1f})"
        return f"{self.of:<34} {figure:>10} {between:<16} {aim:<7} {lag:<14} n={self.score.entries}"


@dataclass(frozen=True, slots=True)
class Speaking:
    """How what is said is heard."""

    decode: Callable[[Tensor], Samples]
    judge: Judge


def distinct(folders: Sequence[Path]) -> list[str]:
    """Names that tell folders apart: the last part of each path, or as many as it takes. Raises
    ValueError where one is named twice."""
    parts = [folder.absolute().parts for folder in folders]
    if len(set(parts)) < len(parts):
        raise ValueError("a folder is named twice")
    for count in range(1, max(map(len, parts)) + 1):
        names = ["/".join(each[-count:]) for each in parts]
        if len(set(names)) == len(names):
            return names
    raise AssertionError("paths that differ have names that differ")


def table(
    model: Omni, held: Held, waits: Sequence[int], unit_frames: int, speaking: Speaking | None
) -> Iterator[Line]:
    """All lines that the held-out sets and the model allow. waits: k of wait-k."""
    for name, corpus in held.unseen.items():
        yield from _unseen(model, name, corpus, held, waits, unit_frames, speaking)
    if held.real and (numbers := _able(held.real, Task.ASR, held)):
        if model.lm.config.spells:
            yield Line("frames spell, people", read_frames(model, held.real, numbers))
        yield Line("hears, people", offline(model, held.real, Task.ASR, numbers), 35.0)


def _unseen(
    model: Omni,
    name: str,
    corpus: Corpus,
    held: Held,
    waits: Sequence[int],
    unit_frames: int,
    speaking: Speaking | None,
) -> Iterator[Line]:
    if numbers := _able(corpus, Task.ASR, held):
        if model.lm.config.spells:
            yield Line(f"frames spell, {name}", read_frames(model, corpus, numbers))
        yield Line(f"hears, {name}", offline(model, corpus, Task.ASR, numbers), 20.0)
    if numbers := _able(corpus, Task.T2TT, held):
        yield Line(f"text, {name}", offline(model, corpus, Task.T2TT, numbers), 25.0)
    if numbers := _able(corpus, Task.S2TT, held):
        yield Line(f"speech, {name}", offline(model, corpus, Task.S2TT, numbers), 15.0)
        for k in waits:
            live = simultaneous(model, corpus, Task.S2TT, numbers, k, unit_frames)
            yield Line(f"speech, {name}, wait-{k}", live)
    if speaking and (numbers := _able(corpus, Task.S2ST, held)):
        said = aloud(model, corpus, Task.S2ST, numbers, speaking.decode, speaking.judge)
        yield Line(f"says, {name}", said)


def beside(
    manifest: Path, listener: Judge, teachers: Sequence[Teacher], limit: int
) -> Iterator[Line]:
    """The same of a cascade on a manifest: what a recogniser hears, and what the teachers make of
    that; where they made the reference too, the rest is what was misheard."""
    entries = [each for each in read_manifest(manifest) if each.source_audio][:limit]
    heard = []
    for entry in entries:
        samples = read_audio(manifest.parent / entry.source_audio)
        spoken = soxr.resample(samples, SOURCE_RATE_HZ, TARGET_RATE_HZ)
        heard.append(listener(spoken, entry.source_language).strip())
    said = [entry.source_text for entry in entries]
    yield Line("hears, cascade", judged("asr", Task.ASR, said, heard))
    pairs = {teacher.pair: teacher for teacher in teachers}
    told = [
        (next(iter(teacher.translate([words]))).text, entry.target_text)
        for entry, words in zip(entries, heard, strict=True)
        if (teacher := pairs.get((entry.source_language, entry.target_language)))
    ]
    if told:
        wanted, found = [reference for _, reference in told], [text for text, _ in told]
        yield Line("speech, cascade", judged("s2tt", Task.S2TT, wanted, found))


def _able(corpus: Corpus, task: Task, held: Held) -> list[int]:
    return corpus.able(task, range(len(corpus.entries)))[: held.limit]
