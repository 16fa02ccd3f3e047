"""What a shipped OmniLM is held to, as one table: how it hears, reads, translates and speaks."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from torch import Tensor

from interp.core.audio import Samples
from interp.models.omni.prompts import Task
from interp.models.omni.release import Omni
from training.omni.corpus import Corpus
from training.omni.evaluate import Score, aloud, offline, simultaneous
from training.omni.judges import Judge


@dataclass(frozen=True, slots=True)
class Held:
    """What is held out. unseen: texts and a voice that are nowhere in training. real: recordings of
    people, with their texts; None where there are none."""

    unseen: Corpus
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
        return f"{self.of:<34} {figure:>10}  {aim:<7} {lag:<14} n={self.score.entries}"


@dataclass(frozen=True, slots=True)
class Speaking:
    """How what is said is heard."""

    decode: Callable[[Tensor], Samples]
    judge: Judge


def table(
    model: Omni, held: Held, waits: Sequence[int], unit_frames: int, speaking: Speaking | None
) -> Iterator[Line]:
    """All lines that the held-out sets and the model allow. waits: k of wait-k."""
    for name, corpus, aim in (("unseen voice", held.unseen, 20.0), ("people", held.real, 35.0)):
        if corpus and (numbers := _able(corpus, Task.ASR, held)):
            yield Line(f"hears, {name}", offline(model, corpus, Task.ASR, numbers), aim)
    if numbers := _able(held.unseen, Task.T2TT, held):
        score = offline(model, held.unseen, Task.T2TT, numbers)
        yield Line("translates text, to the teacher", score, 25.0)
    if numbers := _able(held.unseen, Task.S2TT, held):
        score = offline(model, held.unseen, Task.S2TT, numbers)
        yield Line("translates speech, offline", score, 15.0)
        for k in waits:
            live = simultaneous(model, held.unseen, Task.S2TT, numbers, k, unit_frames)
            yield Line(f"translates speech, wait-{k}", live)
    if speaking and (numbers := _able(held.unseen, Task.S2ST, held)):
        said = aloud(model, held.unseen, Task.S2ST, numbers, speaking.decode, speaking.judge)
        yield Line("speaks what it translates", said)


def _able(corpus: Corpus, task: Task, held: Held) -> list[int]:
    return corpus.able(task, range(len(corpus.entries)))[: held.limit]
