"""Model work of many sessions as one batch, timed."""

import time
from collections.abc import Sequence
from typing import TypeVar

from interp.engine.ports import Translator
from interp.engine.segment import Answer, Work

SourceT = TypeVar("SourceT")
TargetT = TypeVar("TargetT")


def run_batch(
    translator: Translator[SourceT, TargetT], works: Sequence[Work[SourceT, TargetT]]
) -> list[Answer]:
    """Answers in order. The batch's time is shared evenly among its works.

    A work whose audio was encoded holds none any more: it can be run again if the decode fails.
    """
    started_s = time.perf_counter()
    translator.encode([work.encode for work in works if work.encode])
    for work in works:
        work.encode = None
    hypotheses = translator.decode([work.decode for work in works])
    share_ms = (time.perf_counter() - started_s) * 1000 / len(works)
    return [Answer(hypothesis, share_ms) for hypothesis in hypotheses]
