"""Model work of many sessions as one batch, timed."""

import time
from collections.abc import Sequence
from typing import Any

from interp.core.synthesiser import SpeakStep, Synthesiser
from interp.core.translator import Translator
from interp.engine.segment import Answer, AnyAnswer, AnyWork, Sound, Work


def run_batch(
    translator: Translator,
    works: Sequence[AnyWork],
    synthesiser: Synthesiser | None = None,
) -> list[AnyAnswer]:
    """Answers in order to works of one kind, to write or to speak; they share the time evenly.

    A work may be run again if its batch failed.
    """
    writing = [work for work in works if isinstance(work, Work)]
    speaking = [work for work in works if isinstance(work, SpeakStep)]
    assert not (writing and speaking), "a batch is of one kind"
    return [*_said(synthesiser, speaking)] if speaking else [*_written(translator, writing)]


def _written(translator: Translator, works: Sequence[Work]) -> list[Answer]:
    """A work whose audio was encoded holds none any more: it is not encoded twice."""
    started_s = time.perf_counter()
    translator.encode([work.encode for work in works if work.encode])
    for work in works:
        work.encode = None
    hypotheses = translator.decode([work.decode for work in works])
    share_ms = (time.perf_counter() - started_s) * 1000 / len(works)
    return [Answer(hypothesis, share_ms) for hypothesis in hypotheses]


def _said(synthesiser: Synthesiser | None, steps: Sequence[SpeakStep[Any]]) -> list[Sound]:
    assert synthesiser is not None, "a session without a voice asks for no speech"
    started_s = time.perf_counter()
    spoken = synthesiser.speak(steps)
    share_ms = (time.perf_counter() - started_s) * 1000 / len(steps)
    return [Sound(frames, share_ms) for frames in spoken]
