"""Model work of many sessions as one batch, timed."""

import time
from collections.abc import Sequence
from typing import Any, TypeVar

from interp.core.speech import SpeakStep
from interp.engine.ports import Synthesiser, Translator
from interp.engine.segment import Answer, AnyAnswer, AnyWork, Sound, Work

SourceT = TypeVar("SourceT")
TargetT = TypeVar("TargetT")


def run_batch(
    translator: Translator[SourceT, TargetT],
    works: Sequence[AnyWork[SourceT, TargetT]],
    synthesiser: Synthesiser[Any] | None = None,
) -> list[AnyAnswer]:
    """Answers in order; all that is to be written is written before anything is said.

    The time of what is written is shared evenly among its works, and so is that of what is said. A
    work may be run again if its batch failed.
    """
    written = _written(translator, [work for work in works if isinstance(work, Work)])
    steps = [work for work in works if isinstance(work, SpeakStep)]
    said = _said(synthesiser, steps) if steps else []
    answers: dict[bool, list[AnyAnswer]] = {True: list(written[::-1]), False: list(said[::-1])}
    return [answers[isinstance(work, Work)].pop() for work in works]


def _written(
    translator: Translator[SourceT, TargetT], works: Sequence[Work[SourceT, TargetT]]
) -> list[Answer]:
    """A work whose audio was encoded holds none any more: it is not encoded twice."""
    if not works:
        return []
    started_s = time.perf_counter()
    translator.encode([work.encode for work in works if work.encode])
    for work in works:
        work.encode = None
    hypotheses = translator.decode([work.decode for work in works])
    share_ms = (time.perf_counter() - started_s) * 1000 / len(works)
    return [Answer(hypothesis, share_ms) for hypothesis in hypotheses]


def _said(synthesiser: Synthesiser[Any] | None, steps: Sequence[SpeakStep[Any]]) -> list[Sound]:
    assert synthesiser is not None, "a session without a voice asks for no speech"
    started_s = time.perf_counter()
    spoken = synthesiser.speak(steps)
    share_ms = (time.perf_counter() - started_s) * 1000 / len(steps)
    return [Sound(frames, share_ms) for frames in spoken]
